import { z } from 'zod';
import { count, numberIn } from '../../method/params.ts';

/** The unit of budgets and steps: 1 is from black to white. */
const unit = 'of the pixel range';

/** ε; 8/255 is what most papers on colour pictures use, MNIST's is 0.3. */
export const epsilonParam = () =>
  numberIn([0, 1000], 8 / 255, {
    title: 'ε',
    description:
      'how far the perturbation may go: 8/255 = 0.0314 in L∞; in L2 usual are 0.5 (CIFAR), 2 (MNIST), 3 (ImageNet)',
    unit,
  });

export const normParam = () =>
  z.enum(['linf', 'l2']).default('linf').meta({
    title: 'Norm',
    description: 'linf: every pixel changes by at most ε; l2: the root of the sum of squares is at most ε',
  });

export const lossParam = () =>
  z.enum(['crossEntropy', 'margin']).default('crossEntropy').meta({
    title: 'Loss',
    description: 'crossEntropy: −log p of the class; margin: greatest other logit minus that of the class',
  });

export const stepSizeParam = (initial: number, description: string) =>
  numberIn([0, 1000], initial, { title: 'Step size', description, unit });

export const stepsParam = (initial: number, description = 'gradient steps') =>
  count(initial, 'Steps', description);
