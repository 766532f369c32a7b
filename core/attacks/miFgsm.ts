import { z } from 'zod';
import { numberIn } from '../method/params.ts';
import { defineAttack } from './define.ts';
import { ascend } from './shared/ascent.ts';
import { epsilonParam, stepSizeParam, stepsParam } from './shared/params.ts';

/** g ← μg + ∇J/‖∇J‖₁, x ← x + α·sign g within the ball: the sign is taken after the momentum. */
export const miFgsm = defineAttack({
  id: 'miFgsm',
  title: 'MI-FGSM',
  description: 'Iterative FGSM with momentum, whose examples carry over to other networks.',
  citation: 'Dong et al. 2018, algorithm 1',
  params: z.object({
    epsilon: epsilonParam(),
    steps: stepsParam(10),
    stepSize: stepSizeParam(0, 'length of one step; 0 is ε/steps, as in the paper'),
    decay: numberIn([0, 10], 1, {
      title: 'μ',
      description: 'how much of the momentum stays from step to step',
    }),
  }),
  budget: ({ epsilon }) => ({ norm: 'linf', epsilon }),
  run: (run, { epsilon, steps, stepSize, decay }) =>
    ascend(run, {
      title: 'MI-FGSM',
      budget: { norm: 'linf', epsilon },
      loss: 'crossEntropy',
      stepSize: stepSize === 0 ? epsilon / steps : stepSize,
      steps,
      decay,
      restarts: 1,
      startsAtRandom: () => false,
    }),
});
