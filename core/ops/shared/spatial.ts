import { LoupeError } from '../../base/errors.ts';
import type { GraphBuilder } from '../../graph/builder.ts';

/** Takes `amounts` positions off the end of each spatial axis of a tensor [N, C, …]. */
export function cropEnds(b: GraphBuilder, x: string, amounts: readonly number[]): string {
  return fitSpatial(b, x, amounts.map(() => 0), amounts.map((amount) => -amount));
}

/**
 * Lengthens (with `fill`) or, where an amount is negative, shortens the spatial axes of a tensor [N, C, …]
 * at both sides.
 */
export function fitSpatial(
  b: GraphBuilder,
  x: string,
  begins: readonly number[],
  ends: readonly number[],
  fill = 0,
): string {
  const cropped = cropSpatial(b, x, begins, ends);
  const pads = [0, 0, ...begins, 0, 0, ...ends].map((amount) => Math.max(0, amount));
  if (pads.every((amount) => amount === 0)) return cropped;
  return b.add('Pad', fill === 0 ? [cropped, b.axes(pads)] : [cropped, b.axes(pads), b.scalar(fill)]);
}

function cropSpatial(b: GraphBuilder, x: string, begins: readonly number[], ends: readonly number[]): string {
  const shape = b.shapeOf(x);
  const axes = begins.flatMap((begin, axis) => (begin < 0 || (ends[axis] ?? 0) < 0 ? [axis] : []));
  if (axes.length === 0) return x;
  const starts = axes.map((axis) => Math.max(0, -(begins[axis] ?? 0)));
  const stops = axes.map((axis) => (shape[axis + 2] ?? 0) + Math.min(0, ends[axis] ?? 0));
  if (starts.some((start, index) => start >= (stops[index] ?? 0))) {
    throw new LoupeError('internal', 'Nothing would be left of a tensor that is cropped.');
  }
  return slice(b, x, { axes: axes.map((axis) => axis + 2), starts, stops });
}

/** Slice with constant positions; steps of 1 unless told. */
export function slice(
  b: GraphBuilder,
  x: string,
  at: {
    readonly axes: readonly number[];
    readonly starts: readonly number[];
    readonly stops: readonly number[];
    readonly steps?: readonly number[];
  },
): string {
  const inputs = [x, b.axes(at.starts), b.axes(at.stops), b.axes(at.axes)];
  return b.add('Slice', at.steps === undefined ? inputs : [...inputs, b.axes(at.steps)]);
}
