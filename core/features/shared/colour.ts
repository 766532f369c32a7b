import { float32 } from '../../base/tensor.ts';
import type { GraphBuilder } from '../../graph/builder.ts';

/**
 * A square root of the covariance of red, green and blue in photographs (ImageNet; Olah et al. 2017, as in Lucid): a column a
 * direction, from light against dark to green against magenta.
 */
const covarianceRoot: readonly (readonly [number, number, number])[] = [
  [0.26, 0.09, 0.02],
  [0.27, 0.0, -0.05],
  [0.27, -0.09, 0.03],
];

/** The root divided by the length of its longest column: a row a colour, a column a decorrelated direction. */
export const colourMatrix: readonly (readonly number[])[] = normalized(covarianceRoot);

function normalized(matrix: readonly (readonly number[])[]): number[][] {
  const lengths = [0, 1, 2].map((column) => Math.hypot(...matrix.map((row) => row[column] ?? 0)));
  const longest = Math.max(...lengths);
  return matrix.map((row) => row.map((value) => value / longest));
}

/** Emits colours [N, 3, H, W] of decorrelated directions [N, 3, H, W]: the same matrix at every pixel, a 1×1 convolution. */
export function correlatedColours(b: GraphBuilder, directions: string): string {
  return b.add('Conv', [directions, b.constant(float32(colourMatrix.flat(), [3, 3, 1, 1]), 'colourMatrix')]);
}
