import { attribute } from '../../core/attribution/attribute.ts';
import type { Attribution } from '../../core/attribution/define.ts';
import { seededRandom } from '../../core/base/random.ts';
import { type Tensor, float32, floatsOf } from '../../core/base/tensor.ts';
import { type MethodContext, drain } from '../../core/method/context.ts';
import type { Target } from '../../core/protocol/target.ts';

export const logitOf = (index: number): Target => ({ kind: 'class', class: index, of: 'logit' });

/** An image [1, 3, height, width] of uniform noise. */
export function noiseImage(height: number, width: number, seed = 5): Tensor {
  const random = seededRandom(seed);
  return float32(
    Float32Array.from({ length: 3 * height * width }, () => random.uniform()),
    [1, 3, height, width],
  );
}

/** Asks one method about one image in a given context. */
export const asker =
  (id: string) =>
  async (
    context: MethodContext,
    image: Tensor,
    params: Readonly<Record<string, unknown>> = {},
    target: Target = logitOf(1),
  ): Promise<Attribution> =>
    drain(attribute(context, { id, params }, image, target));

export function factOf({ facts = [] }: Attribution, label: string): number {
  const fact = facts.find((one) => one.label === label);
  if (fact === undefined) throw new Error(`There is no fact "${label}".`);
  return Number(fact.value);
}

export const greatestMagnitude = (value: Tensor): number =>
  floatsOf(value).reduce((most, element) => Math.max(most, Math.abs(element)), 0);
