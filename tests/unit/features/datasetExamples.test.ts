import { describe, expect, it } from 'vitest';
import { floatsOf } from '../../../core/base/tensor.ts';
import type { PictureFile } from '../../../core/data/picture.ts';
import { datasetExamples } from '../../../core/features/datasetExamples.ts';
import { int } from '../../../core/graph/ir.ts';
import type { Model } from '../../../core/model/model.ts';
import { newBuilder } from '../../../core/ops/registry.ts';
import { modelInMemory } from '../../conformance/modelInMemory.ts';
import { rawCard } from '../../rawCard.ts';
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
import { type MethodQuestion, runMethod } from './pictures.ts';

describe('the examples of a channel', () => {
  it('are the pictures with the greatest activations, greatest first, cut out to what the unit sees', async () => {
    const { results } = await examples({ params: { layer: 'late', channels: '0,4', count: 4 } });
    const grids = gridsOf(results);
    expect(grids.map(({ title }) => title)).toEqual(['late, channel 0', 'late, channel 4']);
    for (const [index, channel] of [0, 4].entries()) {
      const best = ranked((picture) => lateMap(picture, channel), lateColumns);
      const grid = grids[index];
      expect(grid?.cells.map(({ caption }) => caption)).toEqual(best.slice(0, 4).map(captionOf));
      for (const [at, { picture, row, column }] of best.slice(0, 4).entries()) {
        const file = pictures[picture];
        const crop = grid?.cells[at]?.image;
        if (file === undefined || crop === undefined) throw new Error('There is no such picture.');
        // A unit of `late` sees the 5x5 pixels about (2 row, 2 column).
        expect(crop.dims).toEqual([3, 5, 5]);
        expect(greatestDifference(floatsOf(crop), window(file, 2 * row, 2 * column, 5))).toBe(0);
      }
      const facts = Object.fromEntries((grid?.facts ?? []).map(({ label, value }) => [label, value]));
      expect(facts['pictures']).toBe(20);
      expect(facts['pictures that activate it']).toBe(best.filter(({ value }) => value > 0).length);
      expect(facts['greatest activation']).toBeCloseTo(best[0]?.value ?? NaN, 5);
    }
  });

  it('are all that activate it where there are fewer than wished', async () => {
    const { results } = await examples({ params: { layer: 'late', channels: '0', count: 20 } });
    const active = ranked((picture) => lateMap(picture, 0), lateColumns).filter(({ value }) => value > 0);
    expect(active.length).toBeLessThan(20);
    expect(filesOf(gridsOf(results)[0]?.cells ?? [])).toEqual(active.map((each) => captionOf(each)[0]));
  });

  it('do not depend on how many pictures memory holds at once', async () => {
    const params = { layer: 'late', channels: 'all', count: 20 };
    const [roomy, narrow] = [await examples({ params }), await examples({ params, memoryBytes: 1 })];
    expect(roomy.progress.map(({ done }) => done)).toEqual([16, 20]);
    expect(narrow.progress.map(({ done }) => done)).toEqual(pictures.map((_, index) => index + 1));
    const cells = (of: typeof roomy) => gridsOf(of.results).map((grid) => grid.cells);
    expect(cells(narrow).map(filesOf)).toEqual(cells(roomy).map(filesOf));
    expect(
      greatestDifference(cells(narrow).flatMap(activationsOf), cells(roomy).flatMap(activationsOf)),
    ).toBeLessThan(1e-4);
    expect(
      cells(narrow)
        .flat()
        .map(({ image }) => image),
    ).toEqual(
      cells(roomy)
        .flat()
        .map(({ image }) => image),
    );
  });

  it('are a table of names where no picture activates it', async () => {
    const { results } = await examples({ params: { layer: 'early', channels: 'all' } });
    expect(gridsOf(results).map(({ title }) => title)).toEqual([
      'early, channel 0',
      'early, channel 1',
      'early, channel 2',
    ]);
    expect(results.at(-1)).toMatchObject({
      type: 'table',
      title: 'What no picture activates',
      rows: [['channel 3']],
    });
  });
});

/** A network whose first map is the red of the picture, and its negative: every activation is known. */
function redNet(): Model {
  const b = newBuilder();
  b.input('input', { type: 'float32', shape: [1, 3, 4, 4] });
  const red = b.add('Slice', ['input', b.axes([0]), b.axes([1]), b.axes([1])]);
  const both = b.add('Concat', [red, b.add('Neg', [red])], { axis: int(1) }, { name: 'both' });
  const mean = b.add('Flatten', [b.add('GlobalAveragePool', [both])], { axis: int(1) }, { name: 'logits' });
  return modelInMemory(b.build([mean]), rawCard(4));
}

/** A picture whose green and blue number its rows and columns, with red places as [row, column, level]. */
function redPicture(name: string, places: readonly (readonly [number, number, number])[]): PictureFile {
  const rgb = Uint8Array.from(
    { length: 48 },
    (_, at) => [0, Math.floor(at / 12), Math.floor(at / 3) % 4][at % 3] ?? 0,
  );
  for (const [row, column, level] of places) rgb[(row * 4 + column) * 3] = level;
  return { width: 4, height: 4, rgb, path: `folder/${name}.png`, sha256: name, notes: [] };
}

describe('ties', () => {
  it('go to the first place in reading order, and to the picture that was given first', async () => {
    const given = [
      redPicture('weak', [[0, 0, 51]]),
      redPicture('first', [
        [1, 2, 255],
        [3, 1, 255],
      ]),
      redPicture('black', []),
      redPicture('second', [
        [2, 0, 255],
        [0, 3, 255],
      ]),
    ];
    const params = { layer: 'both', channels: '0,1' };
    const { results } = await runMethod(datasetExamples, { model: redNet(), pictures: given, params });
    const cells = gridsOf(results)[0]?.cells ?? [];
    expect(cells.map(({ caption }) => caption)).toEqual([
      ['first.png', '1'],
      ['second.png', '1'],
      ['weak.png', '0.2'],
    ]);
    // A unit sees one pixel, whose green and blue say where it is.
    const places = cells.map(({ image }) =>
      [...floatsOf(image)].slice(1).map((level) => Math.round(255 * level)),
    );
    expect(places).toEqual([
      [1, 2],
      [0, 3],
      [0, 0],
    ]);
    expect(results.at(-1)).toMatchObject({ type: 'table', rows: [['channel 1']] });
  });
});

describe('dataset examples are refused', () => {
  it.each<readonly [string, Partial<MethodQuestion>, string]>([
    [
      'without pictures',
      { pictures: [], params: { channels: '0' } },
      'Dataset examples need pictures to choose from.',
    ],
    [
      'of an unknown layer',
      { params: { layer: 'erly', channels: '0' } },
      'There is no layer "erly". Did you mean "early"?',
    ],
    [
      'of channels beyond the last',
      { params: { layer: 'early', channels: '2-4' } },
      'Expected channels from 0 to 3',
    ],
    ['of nothing', {}, 'There is nothing to maximise.'],
  ])('%s', async (_, question, sentence) => {
    await expect(examples(question)).rejects.toThrow(sentence);
  });
});
