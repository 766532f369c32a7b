import { describe, expect, it } from 'vitest';
import { barTicksSvg } from '../../../core/engine/pictures/colourBar.ts';
import { drawMap } from '../../../core/engine/pictures/heatmap.ts';
import { type CellShape, layOutSheet } from '../../../core/engine/pictures/sheetLayout.ts';
import { textWidth, wrapText } from '../../../core/engine/pictures/text.ts';

const shapes = (count: number, side: number): CellShape[] =>
  Array.from({ length: count }, () => ({
    size: { width: side, height: side },
    bar: false,
    hard: side < 64,
    captionLines: 1,
  }));

describe('the layout of a contact sheet', () => {
  it.each([
    [1, 224, 1],
    [3, 224, 3],
    [4, 224, 2],
    [7, 224, 4],
    [9, 224, 3],
    [13, 224, 5],
    [16, 224, 4],
    [40, 224, 6],
    [64, 7, 8],
    [32, 7, 8],
  ])('puts %d pictures of %d pixels into %d columns', (count, side, columns) => {
    expect(layOutSheet(shapes(count, side), undefined, 0).columns).toBe(columns);
  });

  it('magnifies small pictures and maps by whole numbers, and keeps larger ones as they are', () => {
    expect(layOutSheet(shapes(64, 7), undefined, 0).cell).toEqual({ width: 126, height: 126 });
    expect(layOutSheet(shapes(5, 32), 5, 0).cell).toEqual({ width: 224, height: 224 });
    expect(layOutSheet(shapes(16, 224), undefined, 0).cell).toEqual({ width: 224, height: 224 });
    expect(layOutSheet(shapes(2, 900), undefined, 0).cell).toEqual({ width: 400, height: 400 });
  });

  it('keeps the aspect ratio and centres what is smaller than the cell', () => {
    const cells = [
      { width: 300, height: 200 },
      { width: 100, height: 200 },
      { width: 30, height: 30 },
    ].map((size) => ({ size, bar: false, hard: size.width < 64, captionLines: 1 }));
    const { cell, pictures } = layOutSheet(cells, 3, 50);
    expect(cell).toEqual({ width: 300, height: 300 });
    expect(pictures).toEqual([
      { left: 28, top: 100, width: 300, height: 200 },
      { left: 28 + 318 + 75, top: 50, width: 150, height: 300 },
      { left: 28 + 2 * 318, top: 50, width: 300, height: 300 },
    ]);
  });

  it('refuses a number of columns that is none', () => {
    expect(() => layOutSheet(shapes(4, 8), 0, 0)).toThrow('Expected a whole number of at least 1');
    expect(() => layOutSheet(shapes(4, 8), 1.5, 0)).toThrow('received 1.5');
    expect(layOutSheet(shapes(4, 8), 9, 0).columns).toBe(4);
  });
});

describe('numbers and lines that must fit', () => {
  const labelsIn = (svg: string): number => svg.match(/<g /g)?.length ?? 0;

  it('leave out the middle number of a colour bar where it would touch the others', () => {
    const drawn = drawMap(
      { width: 1, height: 1, values: Float32Array.from([1.63e-6]), signed: false },
      { limit: 1.63e-6 },
    );
    // 1.63×10⁻⁶ is 58 pixels wide at 11: the end, half the middle and some space need 185 / 2.
    const end = textWidth('1.63×10⁻⁶', 11);
    expect(Math.round(end)).toBe(58);
    expect(labelsIn(barTicksSvg(drawn, 0, 0, 192, 11))).toBe(3);
    expect(labelsIn(barTicksSvg(drawn, 0, 0, 180, 11))).toBe(2);
  });

  it('are wrapped at spaces, and inside a word only where it alone is too long', () => {
    const lines = wrapText('some words and a-word-that-is-too-long-for-any-line end', 10, 90);
    expect(lines[0]).toBe('some words and');
    expect(lines.join('').replaceAll(' ', '')).toBe('somewordsanda-word-that-is-too-long-for-any-lineend');
    for (const line of lines) expect(textWidth(line, 10)).toBeLessThanOrEqual(90);
    expect(wrapText('', 10, 80)).toEqual(['']);
    expect(wrapText('WW', 10, 1)).toEqual(['W', 'W']);
  });
});
