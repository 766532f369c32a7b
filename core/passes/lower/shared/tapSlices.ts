import type { GraphBuilder } from '../../../graph/builder.ts';
import { type Windows, endsReached, span, spatialOf } from '../../../ops/shared/windows.ts';
import { combinations } from './phases.ts';

/** x [N, C, …] cut and padded with `fill` to exactly the positions between the first and the last tap of all windows. */
export function framed(
  b: GraphBuilder,
  x: string,
  windows: Windows,
  counts: readonly number[],
  fill = 0,
): string {
  const pads = [0, 0, ...windows.begins, 0, 0, ...endsReached(windows, spatialOf(b.shapeOf(x)), counts)];
  if (pads.every((amount) => amount === 0)) return x;
  return b.add('Pad', fill === 0 ? [x, b.axes(pads)] : [x, b.axes(pads), b.scalar(fill)]);
}

/** For each tap in row-major order, what it reads from a framed tensor: [N, C, counts…]. */
export function tapSlices(
  b: GraphBuilder,
  frame: string,
  windows: Windows,
  counts: readonly number[],
): string[] {
  return tapsOf(windows).map((taps) => {
    const starts = taps.map((tap, axis) => tap * (windows.dilations[axis] ?? 1));
    const unstrided = { ...windows, kernel: counts.map(() => 1) };
    const stops = starts.map((start, axis) => start + span(unstrided, axis, counts[axis] ?? 1));
    const axes = counts.map((_, axis) => axis + 2);
    const lists = [starts, stops, axes, windows.strides].map((values) => b.axes(values));
    return b.add('Slice', [frame, ...lists]);
  });
}

/** The taps of a window in row-major order, each by its place along every axis. */
export function tapsOf({ kernel }: Windows): number[][] {
  return combinations(kernel.map((size) => Array.from({ length: size }, (_, tap) => tap)));
}
