import { describe, expect, it } from 'vitest';
import { floatsOf } from '../../../core/base/tensor.ts';
import { convNetLogits } from '../../reference/convNet.ts';
import { greatestDifference } from './closeness.ts';
import {
  activationsOf,
  captionOf,
  examples,
  filesOf,
  gridsOf,
  lateColumns,
  lateMap,
  pictures,
  ranked,
  window,
} from './examplesReference.ts';
import { type MethodQuestion, gridOf, pixelsOf } from './pictures.ts';

const vector = [1, -0.5, 0, 2, 0, -1];

/** Σ_c of a number of each channel of `late` at each place. */
const summed = (picture: number, of: (value: number, channel: number) => number): readonly number[] =>
  lateMap(picture, 0).map((_, place) =>
    vector.reduce((sum, __, channel) => sum + of(lateMap(picture, channel)[place] ?? NaN, channel), 0),
  );

describe('the examples of a target', () => {
  it.each<readonly [string, Partial<MethodQuestion>, (picture: number) => readonly number[]]>([
    [
      'a direction: the dot product at each place',
      { target: { kind: 'direction', layer: 'late', vector } },
      (picture) => summed(picture, (value, channel) => (vector[channel] ?? NaN) * value),
    ],
    [
      'a layer: the mean square over the channels at each place',
      { target: { kind: 'layer', layer: 'late' } },
      (picture) => summed(picture, (value) => value ** 2 / 6),
    ],
    [
      'a unit: its own place only',
      { target: { kind: 'unit', layer: 'late', channel: 1, row: 3, column: 2 } },
      (picture) => lateMap(picture, 1).map((value, place) => (place === 3 * lateColumns + 2 ? value : -1)),
    ],
  ])('are those of %s', async (_, question, mapOf) => {
    const { results } = await examples({ ...question, params: { count: 5 } });
    const active = ranked(mapOf, lateColumns).filter(({ value }) => value !== 0);
    const best = active.slice(0, 5);
    expect(best.length).toBe(5);
    const cells = gridsOf(results)[0]?.cells ?? [];
    expect(filesOf(cells)).toEqual(best.map((each) => captionOf(each)[0]));
    const values = best.map(({ value }) => value);
    expect(greatestDifference(activationsOf(cells), values)).toBeLessThan(1e-3);
    const crops = best.flatMap(({ picture, row, column }) => {
      const file = pictures[picture];
      return file === undefined ? [] : window(file, 2 * row, 2 * column, 5);
    });
    expect(cells.flatMap(({ image }) => [...floatsOf(image)])).toEqual(crops);
  });

  it('are whole pictures for a class and for a dense layer, which see all of them', async () => {
    const logits = pictures.map((picture) => convNetLogits(gridOf(pixelsOf(picture)))[2] ?? NaN);
    const best = ranked((picture) => [logits[picture] ?? NaN], 1).slice(0, 3);
    const target = { kind: 'class', class: 2, of: 'logit' } as const;
    const byClass = await examples({ target, params: { count: 3 } });
    const byLayer = await examples({ params: { layer: 'logits', channels: '2', count: 3 } });
    for (const { results } of [byClass, byLayer]) {
      const [grid] = gridsOf(results);
      const cells = grid?.cells ?? [];
      expect(filesOf(cells)).toEqual(best.map((each) => captionOf(each)[0]));
      const values = best.map(({ value }) => value);
      expect(greatestDifference(activationsOf(cells), values)).toBeLessThan(1e-4);
      const whole = best
        .map(({ picture }) => pictures[picture])
        .flatMap((file) => (file ? [pixelsOf(file)] : []));
      expect(cells.map(({ image }) => image.data)).toEqual(whole.map(({ data }) => data));
      expect(cells[0]?.image.dims).toEqual([3, 10, 12]);
      expect(grid?.notes).toEqual(['A unit here can see the whole picture, so nothing was cut out.']);
    }
  });
});
