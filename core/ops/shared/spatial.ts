import type { GraphBuilder } from '../../graph/builder.ts';
import { padded, slicedAxis } from './movement.ts';

/** Takes `amounts` positions off the end of each spatial axis of a tensor [N, C, …]. */
export function cropEnds(b: GraphBuilder, x: string, amounts: readonly number[]): string {
  return amounts.reduce((value, amount, axis) => {
    return slicedAxis(b, value, axis + 2, 0, (b.shapeOf(value)[axis + 2] ?? 0) - amount);
  }, x);
}

/** Zeros around the spatial axes of a tensor [N, C, …]; negative amounts crop. */
export function fitSpatial(
  b: GraphBuilder,
  x: string,
  begins: readonly number[],
  ends: readonly number[],
): string {
  if (begins.every((begin) => begin === 0) && ends.every((end) => end <= 0)) {
    return cropEnds(
      b,
      x,
      ends.map((end) => -end),
    );
  }
  return padded(b, x, [0, 0, ...begins], [0, 0, ...ends]);
}
