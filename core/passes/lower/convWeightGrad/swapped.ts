import type { GraphBuilder } from '../../../graph/builder.ts';
import { convolutionAttributes } from '../../../ops/shared/convolution.ts';
import { permuted, reshaped } from '../../../ops/shared/movement.ts';
import { fitSpatial } from '../../../ops/shared/spatial.ts';
import { endsReached, spatialOf } from '../../../ops/shared/windows.ts';
import type { WeightGradFormulation } from './problem.ts';

/**
 * A convolution with batch and channels exchanged, stride and dilation too: x [C/group, group·N, …] with the
 * kernel ct [M, N, …] gives dw [C/group, M, taps…]. Right for every geometry.
 */
export const asSwapped: WeightGradFormulation = (
  b,
  { x, ct, convolution: { group, windows }, counts, shape, name },
) => {
  const ends = endsReached(windows, spatialOf(b.shapeOf(x)), counts);
  const whole = fitSpatial(
    b,
    x,
    ends.map(() => 0),
    ends.map((end) => Math.min(0, end)),
  );
  const attributes = convolutionAttributes({
    group,
    windows: {
      kernel: counts,
      strides: windows.dilations,
      dilations: windows.strides,
      begins: windows.begins,
      ends: ends.map((end) => Math.max(0, end)),
    },
  });
  const exchanged = exchangeFirst(b, ct);
  const product = b.add('Conv', [exchangeBatch(b, whole, group), exchanged], attributes, { name });
  return reshaped(b, exchangeFirst(b, product), shape);
};

/** The first two axes exchanged. */
function exchangeFirst(b: GraphBuilder, value: string): string {
  return permuted(b, value, [1, 0, ...spatialOf(b.shapeOf(value)).map((_, axis) => axis + 2)]);
}

/** [N, C, …] → [C/group, group·N, …]. */
function exchangeBatch(b: GraphBuilder, x: string, group: number): string {
  const [batch = 1, channels = 1, ...sizes] = b.shapeOf(x);
  const split = reshaped(b, x, [batch, group, channels / group, ...sizes]);
  const exchanged = permuted(b, split, [2, 1, 0, ...sizes.map((_, axis) => axis + 3)]);
  return reshaped(b, exchanged, [channels / group, group * batch, ...sizes]);
}
