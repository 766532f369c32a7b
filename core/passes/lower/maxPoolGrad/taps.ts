import type { GraphBuilder } from '../../../graph/builder.ts';
import { padded } from '../../../ops/shared/movement.ts';
import type { Windows } from '../../../ops/shared/windows.ts';
import { type PhaseTap, combinations, interleave, phaseSizes, phaseTaps } from '../shared/phases.ts';
import { framed, tapSlices, tapsOf } from '../shared/tapSlices.ts';
import type { MaximaFormulation, MaximaProblem } from './problem.ts';

/** The least float32: padding that is never a maximum. */
const least = -3.4028234663852886e38;

/**
 * Tap by tap: a tap takes the cotangent of each window whose maximum it reads, and leaves nothing of it to
 * later taps, so the first maximum gets all of it. What the taps took is then added up by phase. For devices
 * without the places of maxima.
 */
export const scatterByTaps: MaximaFormulation = (b, problem) => {
  const { value, pooling, sizes } = problem;
  const zero = b.scalar(0);
  let left = value;
  const hits = maximaByTap(b, problem);
  const taken = hits.map((hit) => {
    const took = b.add('Where', [hit, left, zero]);
    left = b.add('Where', [hit, zero, left]);
    return took;
  });
  return addUp(b, taken, pooling.windows, sizes);
};

/** The value at the first maximum: later taps are asked first, so that earlier ones prevail. */
export const gatherByTaps: MaximaFormulation = (b, problem) => {
  const { value, pooling, counts } = problem;
  const values = tapSlices(b, framed(b, value, pooling.windows, counts), pooling.windows, counts);
  const hits = maximaByTap(b, problem);
  return hits.reduceRight(
    (later, hit, tap) => b.add('Where', [hit, values[tap] ?? later, later]),
    b.scalar(0),
  );
};

/** For each tap in row-major order: the windows (bool, [N, C, counts…]) of which it reads a maximum. */
function maximaByTap(b: GraphBuilder, { x, y, pooling: { windows }, counts }: MaximaProblem): string[] {
  const frame = framed(b, x, windows, counts, least);
  return tapSlices(b, frame, windows, counts).map((slice) => b.add('Equal', [slice, y]));
}

/** Σ over windows and taps of what each tap took, at the positions it read. */
function addUp(
  b: GraphBuilder,
  taken: readonly string[],
  windows: Windows,
  sizes: readonly number[],
): string {
  const byTap = new Map(tapsOf(windows).map((taps, index) => [taps.join(), taken[index] ?? '']));
  const counts = phaseSizes(windows, sizes);
  const phases = combinations(sizes.map((_, axis) => phaseTaps(windows, axis)));
  const values = phases.map((lists) => {
    const moved = combinations(lists).flatMap((taps) => {
      const value = byTap.get(taps.map(({ tap }) => tap).join()) ?? '';
      return movedBy(b, value, taps, counts) ?? [];
    });
    return moved.length === 0 ? undefined : moved.reduce((left, right) => b.add('Add', [left, right]));
  });
  return interleave(b, values, windows.strides, sizes);
}

/** z[q] = value[q + offset], with zeros beyond the ends; undefined where nothing of it is left. */
function movedBy(
  b: GraphBuilder,
  value: string,
  taps: readonly PhaseTap[],
  counts: readonly number[],
): string | undefined {
  const begins = taps.map(({ offset }) => -offset);
  const lengths = b.shapeOf(value).slice(2);
  const ends = counts.map((count, axis) => count - (lengths[axis] ?? 0) - (begins[axis] ?? 0));
  const nothing = begins.some((begin, axis) => {
    const length = lengths[axis] ?? 0;
    return begin >= (counts[axis] ?? 0) || length + begin <= 0;
  });
  return nothing ? undefined : padded(b, value, [0, 0, ...begins], [0, 0, ...ends]);
}
