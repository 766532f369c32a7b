import { z } from 'zod';
import { backward } from '../autodiff/backward.ts';
import type { Random } from '../base/random.ts';
import type { Graph } from '../graph/ir.ts';
import { count, flag, numberIn } from '../method/params.ts';
import { arithmetic } from '../ops/shared/arithmetic.ts';
import { emitLoss } from './lossGraph.ts';
import type { Problem } from './problem.ts';
import { trainingBuilder } from './builder.ts';
import { namedOutputs } from '../passes/namedOutputs.ts';
import { names } from './names.ts';

/** What a training does to its images, in pixel space [0, 1] and the L∞ ball. */
export const adversarialSchema = z.strictObject({
  epsilon: numberIn([0, 1], 8 / 255, {
    title: 'ε',
    description: 'greatest change of a pixel',
    unit: 'of the pixel range',
  }),
  steps: count(
    1,
    'Steps',
    'of the inner attack: 1 is FGSM, or fast adversarial training with a random start; more are PGD',
    1000,
  ),
  stepSize: z.number().gt(0).max(2).optional().meta({
    title: 'Step size',
    description: 'ε for FGSM, 1.25 ε with a random start, 2.5 ε/steps for several steps unless told',
    unit: 'of the pixel range',
  }),
  randomStart: flag(
    true,
    'Random start',
    'begins anywhere in the ball; without it one step learns to mask its gradient',
  ),
});

export type Adversarial = z.output<typeof adversarialSchema>;

/** Wong, Rice and Kolter 2020, sec. 4 for one step; Madry et al. 2018 for several. */
export function stepSizeOf({ epsilon, steps, stepSize, randomStart }: Adversarial): number {
  if (stepSize !== undefined) return stepSize;
  if (steps > 1) return (2.5 * epsilon) / steps;
  return randomStart ? 1.25 * epsilon : epsilon;
}

/**
 * One step of the inner attack, x′ = Π(x′ + α·sign ∇L(x′)) in ball ∩ [0, 1], through the network in evaluation mode, with the
 * parameters of the training as inputs.
 */
export function emitInnerAttack(problem: Problem, batch: number): Graph {
  const b = trainingBuilder();
  const { add, apply, mul, sub } = arithmetic(b);
  const scalar = { type: 'float32', shape: [] } as const;
  const { images: here, losses } = emitLoss(b, problem, batch, 'evaluation');
  const clean = b.input(names.clean, b.typeOf(here));
  const [epsilon, stepSize] = [names.epsilon, names.stepSize].map((name) => b.input(name, scalar));
  const [slope = ''] = backward(b, { of: losses, wrt: [here] });
  const moved = add(here, mul(apply('Sign', slope), stepSize ?? ''));
  const change = b.add('Clip', [sub(moved, clean), apply('Neg', epsilon ?? ''), epsilon ?? '']);
  const attacked = b.add('Clip', [add(clean, change), b.scalar(0), b.scalar(1)]);
  return namedOutputs(b, { [names.attacked]: attacked });
}

/**
 * Where the inner attack begins: the images, or anywhere in the ball around them. A single step begins there even where that is outside of [0, 1],
 * as in the code of Wong et al.: at a black pixel, a start that was cut to the box would end at 0 or ε whatever it was, and the
 * network would see plain FGSM, whose gradient it learns to mask.
 */
export function startOf(
  images: Float32Array,
  { epsilon, steps, randomStart }: Adversarial,
  random: Random,
): Float32Array {
  if (!randomStart) return images;
  const started = images.map((value) => value + epsilon * (2 * random.uniform() - 1));
  return steps === 1 ? started : started.map((value) => Math.min(1, Math.max(0, value)));
}
