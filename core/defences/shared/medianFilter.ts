import type { GraphBuilder } from '../../graph/builder.ts';
import { string } from '../../graph/ir.ts';
import { slicedAxis } from '../../ops/shared/movement.ts';

/**
 * The median of each `size`×`size` window of [N, C, H, W], edges repeated, by minima and maxima alone: at 3×224×224 ten times
 * faster than TopK over the stacked windows (3 ms and 28 ms).
 *
 * Columns are sorted first, which neighbouring windows share, then the rows of every window; columns stay sorted under that.
 * Now (i + 1)(j + 1) elements are at most element (i, j), itself among them, and (size − i)(size − j) at least it. Where either
 * count exceeds half of the window, (i, j) is not the median; as many are left out below as above, so the median of the rest
 * is the median of all.
 */
export function medianOfWindows(b: GraphBuilder, image: string, size: number): string {
  const [, , height = 0, width = 0] = b.shapeOf(image);
  const reach = (size - 1) / 2;
  const wide = b.add('Pad', [image, b.axes([0, 0, reach, reach, 0, 0, reach, reach])], {
    mode: string('edge'),
  });
  const shifts = Array.from({ length: size }, (_, shift) => shift);
  const columns = sorted(
    b,
    shifts.map((shift) => slicedAxis(b, wide, 2, shift, shift + height)),
  );
  const rows = columns.map((row) =>
    sorted(
      b,
      shifts.map((shift) => slicedAxis(b, row, 3, shift, shift + width)),
    ),
  );
  const half = (size ** 2 + 1) / 2;
  const candidates = rows.flatMap((row, i) =>
    row.filter((_, j) => (i + 1) * (j + 1) <= half && (size - i) * (size - j) <= half),
  );
  return sorted(b, candidates)[(candidates.length - 1) / 2] ?? image;
}

/** The values in ascending order, element by element. */
function sorted(b: GraphBuilder, values: readonly string[]): string[] {
  const result = [...values];
  for (const [low, high] of mergeExchange(values.length)) {
    const pair = [result[low] ?? '', result[high] ?? ''];
    result[low] = b.add('Min', pair);
    result[high] = b.add('Max', pair);
  }
  return result;
}

/** The comparisons of Batcher's merge exchange (Knuth, The Art of Computer Programming 3, algorithm 5.2.2M). */
function mergeExchange(count: number): [number, number][] {
  const comparisons: [number, number][] = [];
  const top = 2 ** Math.max(0, Math.ceil(Math.log2(count)) - 1);
  for (let p = top; p >= 1; p /= 2) {
    let [q, r, d] = [top, 0, p];
    for (;;) {
      for (let i = 0; i < count - d; i++) {
        if ((i & p) === r) comparisons.push([i, i + d]);
      }
      if (q === p) break;
      [d, q, r] = [q - p, q / 2, p];
    }
  }
  return comparisons;
}
