import type { GraphBuilder } from '../../graph/builder.ts';
import { padded, slicedAxis } from './movement.ts';

/** Takes `amounts` positions off the end of each spatial axis of a tensor [N, C, …]. */
export function cropEnds(b: GraphBuilder, x: string, amounts: readonly number[]): string {
  return cropped(
    b,
    x,
    amounts.map(() => 0),
    amounts,
  );
}

function cropped(b: GraphBuilder, x: string, begins: readonly number[], ends: readonly number[]): string {
  return begins.reduce((value, begin, axis) => {
    const size = b.shapeOf(value)[axis + 2] ?? 0;
    return slicedAxis(b, value, axis + 2, begin, size - (ends[axis] ?? 0));
  }, x);
}

/** Zeros around the spatial axes of a tensor [N, C, …]; negative amounts crop. */
export function fitSpatial(
  b: GraphBuilder,
  x: string,
  begins: readonly number[],
  ends: readonly number[],
): string {
  const positive = (amounts: readonly number[]): number[] => amounts.map((amount) => Math.max(0, amount));
  const negated = (amounts: readonly number[]): number[] => amounts.map((amount) => Math.max(0, -amount));
  const inner = cropped(b, x, negated(begins), negated(ends));
  return padded(b, inner, [0, 0, ...positive(begins)], [0, 0, ...positive(ends)]);
}
