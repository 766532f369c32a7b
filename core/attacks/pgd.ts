import { z } from 'zod';
import { count, flag } from '../method/params.ts';
import { defineAttack } from './define.ts';
import { ascend } from './shared/ascent.ts';
import { epsilonParam, lossParam, normParam, stepSizeParam, stepsParam } from './shared/params.ts';

/** x ← Π(x + α·sign ∇J(x, y)) from a random point of the ball; in L2 α·g/‖g‖₂. */
export const pgd = defineAttack({
  id: 'pgd',
  title: 'PGD',
  description: 'Projected gradient descent from random points: the standard attack inside a ball.',
  citation: 'Madry et al. 2018, sec. 2.1; margin: Carlini and Wagner 2017, f₆',
  params: z.object({
    epsilon: epsilonParam(),
    norm: normParam(),
    steps: stepsParam(20, 'gradient steps a start; 20 and 40 are the numbers of Madry et al.'),
    stepSize: stepSizeParam(0, 'length of one step; 0 is 2.5·ε/steps, as in the code of Madry et al.'),
    randomStart: flag(true, 'Random start', 'begin at a random point of the ball instead of the image'),
    restarts: count(1, 'Starts', 'how often it begins; later starts are always random', 1000),
    loss: lossParam(),
  }),
  budget: ({ norm, epsilon }) => ({ norm, epsilon }),
  run: (run, { epsilon, norm, steps, stepSize, randomStart, restarts, loss }) =>
    ascend(run, {
      title: 'PGD',
      budget: { norm, epsilon },
      loss,
      stepSize: stepSize === 0 ? (2.5 * epsilon) / steps : stepSize,
      steps,
      restarts,
      startsAtRandom: (restart) => randomStart || restart > 0,
    }),
});
