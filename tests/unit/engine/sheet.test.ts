import { describe, expect, it } from 'vitest';
import { normals, seededRandom } from '../../../core/base/random.ts';
import type { Picture } from '../../../core/data/picture.ts';
import { colourMaps } from '../../../core/base/colourMap.ts';
import { drawMap } from '../../../core/engine/pictures/heatmap.ts';
import { notesOnAll } from '../../../core/engine/pictures/mapNotes.ts';
import { drawSheet } from '../../../core/engine/pictures/sheet.ts';
import { layOutSheet } from '../../../core/engine/pictures/sheetLayout.ts';
import { boxWhere, decoded, isColour, pixelAt, plain } from './decoded.ts';

const colours = [
  [255, 0, 0],
  [0, 160, 0],
  [0, 0, 255],
  [200, 200, 0],
  [0, 200, 200],
] as const;
const white = isColour([255, 255, 255]);
const mapOf = (side: number, seed: number, scale = 1) =>
  drawMap({
    width: side,
    height: side,
    values: normals(seededRandom(seed), side * side, scale),
    signed: true,
  });

describe('a contact sheet', () => {
  it('places equal cells in aligned rows and columns', async () => {
    const cells = colours.map((colour, index) => ({
      picture: plain(10, 10, colour),
      caption: Array.from(
        { length: 1 + (index % 3) },
        (_, line) => `line ${line} of a caption that is rather long`,
      ),
    }));
    const sheet = await decoded(await drawSheet({ title: 'Cells', lines: ['one line'], cells, columns: 3 }));
    const boxes = colours.map((colour) => boxWhere(sheet, isColour(colour)));
    for (const box of boxes) {
      expect([box.width, box.height, box.count]).toEqual([130, 130, 130 * 130]);
    }
    expect(boxes.map(({ left }) => left)).toEqual([28, 176, 324, 28, 176]);
    const [first, , , second] = boxes;
    expect(new Set(boxes.map(({ top }) => top))).toEqual(new Set([first?.top, second?.top]));
    // Three lines of caption in the first row: 19 + 2 · 17 + 4 below the picture, then 22 of space.
    expect((second?.top ?? 0) - (first?.top ?? 0)).toBe(130 + 57 + 22);
    expect(sheet.width).toBe(2 * 28 + 460);
  });

  it('keeps captions inside their cells, and white space about everything', async () => {
    const caption = [
      'a caption far longer than its cell is wide, whatever the font',
      'W'.repeat(90),
      'third',
    ];
    const picture = plain(7, 7, [10, 20, 30]);
    const content = {
      title: 'A title that is too long for one line of a sheet as narrow as this one, and says so',
      lines: ['/a/path/without/any/space/that/is/too/long/for/the/sheet/as/well/model.onnx'],
      cells: [0, 1].map(() => ({ picture, caption })),
      columns: 2,
    };
    const sheet = await decoded(await drawSheet(content));
    // The box spans both cells of 7 · 18 pixels and the 18 between them.
    const { left, top, width, height } = boxWhere(sheet, isColour([10, 20, 30]));
    expect([left, width, height]).toEqual([28, 2 * 126 + 18, 126]);
    for (let y = top + height + 2; y < sheet.height; y++) {
      for (let x = left + 127; x < left + 143; x++) expect(white(pixelAt(sheet, x, y))).toBe(true);
    }
    const ink = boxWhere(sheet, (rgb) => !white(rgb));
    expect(ink.left).toBeGreaterThanOrEqual(27);
    expect(ink.left + ink.width).toBeLessThanOrEqual(sheet.width - 27);
    expect(ink.top).toBeGreaterThan(20);
    expect(ink.top + ink.height).toBeLessThanOrEqual(sheet.height - 20);
  });

  it('is the same to the byte each time, and refuses to be empty', async () => {
    const content = { title: 'Twice', lines: [], cells: [{ picture: mapOf(40, 1), caption: ['one'] }] };
    expect(Buffer.from(await drawSheet(content)).equals(Buffer.from(await drawSheet(content)))).toBe(true);
    await expect(drawSheet({ title: 'None', lines: [], cells: [] })).rejects.toThrow('received none');
  });
});

describe('the pictures of a contact sheet', () => {
  it('show each pixel of a small one as a square of one colour', async () => {
    const picture: Picture = { width: 2, height: 1, rgb: Uint8Array.from([255, 0, 0, 0, 0, 255]) };
    const sheet = await decoded(
      await drawSheet({ title: 'Two pixels', lines: [], cells: [{ picture, caption: [] }] }),
    );
    const [red, blue] = [[255, 0, 0] as const, [0, 0, 255] as const].map((colour) =>
      boxWhere(sheet, isColour(colour)),
    );
    expect(red).toMatchObject({ left: 28, width: 64, height: 64, count: 64 * 64 });
    expect(blue).toEqual({ ...red, left: 28 + 64 });
  });

  it('are scaled smoothly, but the colours of a map never mixed', async () => {
    const stripes = (side: number): Picture => ({
      ...plain(side, side, [0, 0, 0]),
      rgb: Uint8Array.from({ length: side * side * 3 }, (_, at) => (Math.floor(at / 3) % 2) * 250),
    });
    const drawn = drawMap({
      width: 80,
      height: 80,
      values: Float32Array.from({ length: 6400 }, (_, pixel) => (pixel % 2 === 0 ? 1 : -1)),
      signed: true,
    });
    const cells = [
      { picture: stripes(200), caption: [] },
      { picture: stripes(80), caption: [] },
      { picture: drawn, drawn, caption: [] },
    ];
    const sheet = await decoded(await drawSheet({ title: 'Three', lines: [], cells, columns: 3 }));
    const { pictures, cell } = layOutSheet(
      [200, 80, 80].map((side, index) => ({
        size: { width: side, height: side },
        bar: index === 2,
        hard: index === 2,
        captionLines: 0,
      })),
      3,
      0,
    );
    expect(cell).toEqual({ width: 200, height: 200 });
    const top = boxWhere(sheet, isColour([250, 250, 250])).top;
    const coloursOf = (index: number): Set<string> => {
      const box = pictures[index] ?? { left: 0, top: 0, width: 0, height: 0 };
      const row = Array.from({ length: box.width }, (_, x) => pixelAt(sheet, box.left + x, top + 100).join());
      return new Set(row);
    };
    expect(coloursOf(0)).toEqual(new Set(['0,0,0', '250,250,250']));
    expect(coloursOf(1).size).toBeGreaterThan(4);
    expect(pictures[2]?.width).toBe(160);
    const ends = [colourMaps.blueRed.subarray(0, 3), colourMaps.blueRed.subarray(765)].map((rgb) =>
      rgb.join(),
    );
    expect(coloursOf(2)).toEqual(new Set(ends));
  });

  it('have the whole colour map under them where their map is given, as wide as the cell', async () => {
    const drawn = mapOf(32, 3);
    const cells = [
      { picture: plain(32, 32, [1, 2, 3]), caption: ['seen'] },
      { picture: drawn, drawn, caption: ['map'] },
    ];
    const sheet = await decoded(await drawSheet({ title: 'Bar', lines: [], cells, columns: 2 }));
    const { left, top, width, height } = boxWhere(sheet, isColour([1, 2, 3]));
    expect([left, width, height]).toEqual([28, 256, 256]);
    const barLeft = left + width + 18;
    const bar = Array.from({ length: width }, (_, x) => pixelAt(sheet, barLeft + x, top + height + 8 + 4));
    const table = Array.from({ length: 256 }, (_, at) => [
      ...colourMaps.blueRed.subarray(at * 3, at * 3 + 3),
    ]);
    expect(bar).toEqual(table);
    expect(pixelAt(sheet, barLeft - 1, top + height + 12)).toEqual([255, 255, 255]);
    // Nothing but white under the picture without a map until the captions, which begin at one height.
    const inked = (from: number): number => {
      for (let y = top + height + 26 + 11; y < sheet.height; y++) {
        for (let x = from; x < from + width; x++) if (!white(pixelAt(sheet, x, y))) return y;
      }
      return -1;
    };
    // "seen" has no ascender and "map" none either.
    expect(inked(28)).toBe(inked(barLeft));
  });
});

describe('what a sheet says about its maps', () => {
  it('names those that are zero or hold numbers that are none, and the greatest share beyond a bar', () => {
    const broken = drawMap({
      width: 4,
      height: 1,
      values: Float32Array.from([Number.NaN, 1, 1, 1]),
      signed: true,
    });
    const zero = drawMap({ width: 2, height: 1, values: new Float32Array(2), signed: false });
    const clipped = drawMap(
      { width: 4, height: 1, values: Float32Array.from([4, 1, 1, 1]), signed: true },
      { limit: 2 },
    );
    const maps = [
      { name: 'Saliency', drawn: broken },
      { name: 'CAM', drawn: zero },
      { name: 'LRP', drawn: clipped },
    ];
    expect(notesOnAll(maps)).toEqual({
      notes: [
        'Of each map, at most 25.00 % of the values lie beyond the ends of its colour bar.',
        'All values are zero: CAM.',
      ],
      warnings: ['Saliency: 1 of 4 values are no finite numbers: magenta chequer.'],
    });
    expect(notesOnAll([])).toEqual({ notes: [], warnings: [] });
  });
});
