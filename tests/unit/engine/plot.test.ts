import { describe, expect, it } from 'vitest';
import { type CurvePlot, curvesSvg, drawCurves } from '../../../core/engine/pictures/plot.ts';
import { boxWhere, decoded, isColour } from './decoded.ts';

const plot = (changes: Partial<CurvePlot> = {}): CurvePlot => ({
  title: 'Accuracy under attack',
  x: { label: 'ε', values: [0, 1, 2, 4] },
  y: { label: 'accuracy', range: [0, 1] },
  series: [{ label: 'standard', y: [1, 0.5, 0.25, 0] }],
  ...changes,
});

/** The plot area, from the path of the axes. */
function areaOf(svg: string): { left: number; top: number; width: number; height: number } {
  const [, left, top, height, width] =
    /d="M(\S+) (\S+)v(\S+)h(\S+)" fill="none"/.exec(svg)?.map(Number) ?? [];
  return { left: left ?? 0, top: top ?? 0, width: width ?? 0, height: height ?? 0 };
}

/** Pairs of numbers of a path. */
const pointsOf = (path: string): number[][] =>
  [...path.matchAll(/[ML](\S+?) (-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);

/** From pixels back to data, to a hundredth of a pixel. */
function dataOf(svg: string, path: string, xMost: number): number[][] {
  const { left, top, width, height } = areaOf(svg);
  return pointsOf(path).map(([x = 0, y = 0]) => [
    Math.round(((x - left) / width) * xMost * 1000) / 1000,
    Math.round((1 - (y - top) / height) * 1000) / 1000,
  ]);
}

describe('a plot of curves', () => {
  const banded = plot({
    series: [
      { label: 'standard', y: [1, 0.5, 0.25, 0], low: [0.9, 0.4, 0.2, 0], high: [1, 0.6, 0.35, 0.125] },
    ],
  });

  it('puts line, markers and band at the numbers', () => {
    const svg = curvesSvg(banded);
    const band = /d="([^"]+)" fill="#0072B2" fill-opacity/.exec(svg)?.[1] ?? '';
    expect(dataOf(svg, band, 4)).toEqual([
      [0, 1],
      [1, 0.6],
      [2, 0.35],
      [4, 0.125],
      [4, 0],
      [2, 0.2],
      [1, 0.4],
      [0, 0.9],
    ]);
    expect(band.endsWith('Z')).toBe(true);
    const curve = [
      [0, 1],
      [1, 0.5],
      [2, 0.25],
      [4, 0],
    ];
    const lines = [...svg.matchAll(/d="(M[^"]+L[^"]+)" fill="none" stroke="#0072B2"/g)].map(
      ([, path]) => path ?? '',
    );
    expect(lines.map((path) => dataOf(svg, path, 4))).toEqual([curve]);
    const markers = [...svg.matchAll(/translate\((\S+) (\S+)\)" d="M-4 0a/g)].map(([, x, y]) => `M${x} ${y}`);
    // The first is the legend's.
    expect(dataOf(svg, markers.slice(1).join(''), 4)).toEqual(curve);
  });

  it('ends lines at a given range, draws no marker outside it, and says what is not seen', () => {
    const cut = curvesSvg(plot({ y: { label: 'loss', range: [0.2, 0.6] } }));
    const { left, top, width, height } = areaOf(cut);
    expect(cut).toContain(`<svg x="${left - 1}" y="${top - 1}" width="${width + 2}" height="${height + 2}"`);
    expect(cut.match(/d="M-4 0a/g)).toHaveLength(1 + 2);
    // One note more than the plot that shows all: a line of 13 · 1.6 pixels.
    const heightOf = (svg: string): number => Number(/height="(\d+)"/.exec(svg)?.[1]);
    expect(heightOf(cut) - heightOf(curvesSvg(plot()))).toBe(21);
    const holes = plot({ series: [{ label: 'a', y: [1, Number.NaN, 0.5, Infinity] }] });
    expect(heightOf(curvesSvg(holes)) - heightOf(curvesSvg(plot()))).toBe(21);
    expect(curvesSvg(holes).match(/d="M-4 0a/g)).toHaveLength(1 + 2);
  });
});

describe('the picture of a plot', () => {
  it('is twice the size, its colours where the numbers are', async () => {
    const flat = plot({ series: [{ label: 'flat', y: [0.75, 0.75, 0.75, 0.75] }] });
    const { left, top, width, height } = areaOf(curvesSvg(flat));
    const picture = await decoded(await drawCurves(flat));
    expect(picture.width).toBe(1520);
    const blue = isColour([0x00, 0x72, 0xb2]);
    const inside = { ...picture, rgb: picture.rgb.slice().fill(255, 0, 2 * top * picture.width * 3) };
    const line = boxWhere(inside, blue);
    // The line of 2 units runs through the middle of its markers of radius 4.
    expect(Math.abs(line.top + line.height / 2 - 2 * (top + 0.25 * height))).toBeLessThanOrEqual(1);
    expect(Math.abs(line.left + line.width / 2 - 2 * (left + width / 2))).toBeLessThanOrEqual(1);
    expect(line.width).toBeGreaterThan(2 * width);
    expect(line.height).toBeLessThanOrEqual(16);
  });

  it('keeps long labels of all kinds within white margins', async () => {
    const long = 'a label that does not end where one would expect it to end but goes on for quite some time';
    const picture = await decoded(
      await drawCurves({
        title: long,
        lines: [long + long],
        x: {
          label: long,
          values: [1, 2, 3],
          ticks: ['before the beginning of all', long, 'after the end of it all'],
        },
        y: { label: long, range: [0, 1e-7] },
        series: [
          { label: long, y: [0, 1e-8, 2e-7] },
          { label: long + long, y: [0, Number.NaN, 1e-7], low: [0, 0, 0], high: [1e-7, 1e-7, 1e-7] },
        ],
      }),
    );
    const ink = boxWhere(picture, (rgb) => !isColour([255, 255, 255])(rgb));
    expect(ink.left).toBeGreaterThanOrEqual(8);
    expect(picture.width - ink.left - ink.width).toBeGreaterThanOrEqual(8);
    expect(ink.top).toBeGreaterThan(40);
    expect(picture.height - ink.top - ink.height).toBeGreaterThan(40);
  });
});

describe('a plot', () => {
  it('survives a hundred thousand points', () => {
    const values = Array.from({ length: 100_000 }, (_, index) => index);
    const svg = curvesSvg(
      plot({ x: { label: 'step', values }, y: { label: 'loss' }, series: [{ label: 'train', y: values }] }),
    );
    expect(svg.match(/d="M-4 0a/g)?.length).toBeLessThan(20);
  });

  it.each([
    [{ series: [] }, 'Expected at least one curve for a plot but received none.'],
    [{ x: { label: 'x', values: [] } }, 'Expected at least one value for the x axis'],
    [
      { x: { label: 'x', values: [0, 2, 1, 3] } },
      'Expected increasing numbers for the x axis of a plot but received 2, then 1.',
    ],
    [{ x: { label: 'x', values: [0, 1, 2, Number.NaN] } }, 'Expected finite numbers for the x axis'],
    [
      { x: { label: 'x', values: [0, 1, 2, 3], logarithmic: true } },
      'Expected positive numbers for the logarithmic x axis of a plot but received 0.',
    ],
    [{ x: { label: 'x', values: [0, 1, 2, 3], ticks: ['a'] } }, 'Expected 4 labels'],
    [{ y: { label: 'y', range: [1, 0] as const } }, 'received [1, 0]'],
    [
      { series: [{ label: 'a', y: [1] }] },
      'Expected 4 values, one for each x for the curve "a" but received 1.',
    ],
    [
      { series: [{ label: 'a', y: [1, 1, 1, 1], low: [0, 0, 0, 0] }] },
      'Expected both or neither of low and high',
    ],
    [{ series: [{ label: 'a', y: [1, 1, 1, 1], low: [0], high: [1, 1, 1, 1] }] }, 'received 1.'],
  ] satisfies [Partial<CurvePlot>, string][])('refuses %j', (changes, sentence) => {
    expect(() => curvesSvg(plot(changes))).toThrow(sentence);
  });
});
