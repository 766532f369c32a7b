import { floatsOf } from '../base/tensor.ts';
import type { Random } from '../base/random.ts';
import { outputOf } from '../runtime/program.ts';
import { type Adversarial, startOf, stepSizeOf } from './adversarial.ts';
import { names } from './names.ts';
import type { Batch, TrainingPrograms, Values } from './programs.ts';

/** The batch with its images moved up the loss, within ε and [0, 1]. */
export async function attackBatch(
  programs: TrainingPrograms,
  batch: Batch,
  values: Values,
  adversarial: Adversarial,
  random: Random,
): Promise<Batch> {
  let images = startOf(batch.images, adversarial, random);
  const sizes = { epsilon: adversarial.epsilon, stepSize: stepSizeOf(adversarial) };
  for (let step = 0; step < adversarial.steps; step++) {
    const result = await programs.attack({ ...batch, images }, batch.images, values, sizes);
    images = floatsOf(outputOf(result, names.attacked));
  }
  return { ...batch, images };
}
