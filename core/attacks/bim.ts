import { z } from 'zod';
import { defineAttack } from './define.ts';
import { ascend } from './shared/ascent.ts';
import { epsilonParam, stepSizeParam } from './shared/params.ts';

/** min(255ε + 4, 1.25 · 255ε), rounded up so that steps of 1/255 reach the edge of the ball (Kurakin et al. 2017, sec. 2.2). */
export function kurakinSteps(epsilon: number): number {
  const levels = 255 * epsilon;
  return Math.ceil(Math.min(levels + 4, 1.25 * levels) - 1e-9);
}

/** x ← clip(x + α·sign ∇J(x, y)) within the ball, from the image itself. */
export const bim = defineAttack({
  id: 'bim',
  title: 'BIM',
  description: 'Basic iterative method: many small FGSM steps from the image itself.',
  citation: 'Kurakin et al. 2017, sec. 2.2 (targeted: sec. 2.3)',
  params: z.object({
    epsilon: epsilonParam(),
    stepSize: stepSizeParam(
      1 / 255,
      'length of one step; the paper changes every pixel by one of 255 levels',
    ),
    steps: z.int().min(0).max(100_000).default(0).meta({
      title: 'Steps',
      description: 'gradient steps; 0 takes the number of the paper, min(255ε + 4, 1.25 · 255ε)',
    }),
  }),
  budget: ({ epsilon }) => ({ norm: 'linf', epsilon }),
  run: (run, { epsilon, stepSize, steps }) =>
    ascend(run, {
      title: 'BIM',
      budget: { norm: 'linf', epsilon },
      loss: 'crossEntropy',
      stepSize,
      steps: steps === 0 ? kurakinSteps(epsilon) : steps,
      restarts: 1,
      startsAtRandom: () => false,
    }),
});
