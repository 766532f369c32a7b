import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Picture } from '../../../core/data/picture.ts';
import { formatNumber } from '../../../core/base/formatNumber.ts';
import { colourMaps, paint } from '../../../core/base/colourMap.ts';
import { drawFigure } from '../../../core/engine/pictures/figure.ts';
import { drawColourGradient, drawMap } from '../../../core/engine/pictures/heatmap.ts';
import { scaleOf } from '../../../core/base/mapScale.ts';
import { overlayMap } from '../../../core/engine/pictures/overlay.ts';
import { encodePng, magnify } from '../../../core/engine/pictures/png.ts';
import { fitText, textSvg, textWidth } from '../../../core/engine/pictures/text.ts';

const mapOf = (values: readonly number[], signed: boolean, width = values.length) => ({
  width,
  height: values.length / width,
  values: Float32Array.from(values),
  signed,
});
const colourAt = ({ rgb }: Picture, pixel: number): number[] => [...rgb.subarray(pixel * 3, pixel * 3 + 3)];
const entry = (name: keyof typeof colourMaps, index: number): number[] => [
  ...colourMaps[name].subarray(index * 3, index * 3 + 3),
];
/** Relative luminance of sRGB bytes. */
const luminance = (rgb: readonly number[]): number => {
  const [r = 0, g = 0, b = 0] = rgb.map((byte) => (byte / 255) ** 2.2);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

describe('colour maps', () => {
  it('begin and end in matplotlib’s colours', () => {
    expect(entry('viridis', 0)).toEqual([68, 1, 84]);
    expect(entry('viridis', 255)).toEqual([253, 231, 37]);
    expect(entry('magma', 255)).toEqual([252, 253, 191]);
    expect(entry('cividis', 0)).toEqual([0, 34, 78]);
  });

  it('diverge from a neutral middle to ends of equal lightness', () => {
    const [red = 0, green = 0, blue = 0] = entry('blueRed', 128);
    expect(Math.max(red, green, blue) - Math.min(red, green, blue)).toBeLessThanOrEqual(2);
    expect(red).toBeGreaterThan(235);
    for (let step = 0; step < 128; step += 8) {
      const [cold, warm] = [luminance(entry('blueRed', step)), luminance(entry('blueRed', 255 - step))];
      expect(Math.abs(cold - warm)).toBeLessThan(0.06);
      expect(luminance(entry('blueRed', step + 8))).toBeGreaterThan(cold);
    }
    expect((entry('blueRed', 0)[2] ?? 0) - (entry('blueRed', 0)[0] ?? 0)).toBeGreaterThan(100);
  });

  it('clamp positions outside [0, 1]', () => {
    const target = new Uint8Array(6);
    paint(colourMaps.magma, -3, target, 0);
    paint(colourMaps.magma, 7, target, 3);
    expect([...target]).toEqual([...entry('magma', 0), ...entry('magma', 255)]);
  });
});

describe('the scale of a map', () => {
  it('is symmetric about zero for signed maps, and ends at the 99.5th percentile of the magnitudes', () => {
    const values = Array.from({ length: 1001 }, (_, index) => (index % 2 === 0 ? index : -index));
    expect(scaleOf(mapOf(values, true))).toEqual({ low: -995, high: 995, beyond: 5, nonFinite: 0 });
    expect(scaleOf(mapOf(values.map(Math.abs), false))).toMatchObject({ low: 0, high: 995 });
  });

  it('falls back to the maximum where nearly all is zero, and to nothing where all is', () => {
    const sparse = Array.from({ length: 1000 }, (_, index) => (index === 7 ? 4 : 0));
    expect(scaleOf(mapOf(sparse, false))).toEqual({ low: 0, high: 4, beyond: 0, nonFinite: 0 });
    expect(scaleOf(mapOf([0, 0], true)).high).toBe(0);
  });

  it('counts what is no number and keeps it out of the percentile', () => {
    const { nonFinite, high } = scaleOf(mapOf([Number.NaN, Number.POSITIVE_INFINITY, 1, 1], true));
    expect([nonFinite, high]).toEqual([2, 1]);
  });

  it('refuses a map of the wrong size', () => {
    expect(() => scaleOf({ ...mapOf([1, 2], true), width: 3 })).toThrow('cannot hold 2 values');
  });
});

describe('drawing a map', () => {
  it('puts zero in the neutral middle, plus to red and minus to blue', () => {
    const drawn = drawMap(mapOf([-2, 0, 2, 1], true), { limit: 2 });
    expect(colourAt(drawn, 0)).toEqual(entry('blueRed', 0));
    expect(colourAt(drawn, 1)).toEqual(entry('blueRed', 128));
    expect(colourAt(drawn, 2)).toEqual(entry('blueRed', 255));
    expect(colourAt(drawn, 3)).toEqual(entry('blueRed', 191));
  });

  it('draws a map of zeros neutral, and an unsigned one at the beginning of its colours', () => {
    expect(colourAt(drawMap(mapOf([0, 0], true)), 0)).toEqual(entry('blueRed', 128));
    expect(colourAt(drawMap(mapOf([0, 0], false)), 0)).toEqual(entry('magma', 0));
    expect(colourAt(drawMap(mapOf([-5, 1], false)), 0)).toEqual(entry('magma', 0));
  });

  it('draws NaN as a chequer that no colour map contains', () => {
    const drawn = drawMap(mapOf([Number.NaN, 1, Number.NaN, 1], true, 4));
    expect(colourAt(drawn, 0)).toEqual([255, 0, 255]);
    expect(colourAt(drawn, 2)).toEqual([0, 0, 0]);
    for (const name of ['viridis', 'magma', 'cividis', 'blueRed'] as const) {
      for (let index = 0; index < 256; index++) expect(entry(name, index)).not.toEqual([255, 0, 255]);
    }
  });

  it('draws a gradient of three channels about mid-grey', () => {
    const picture = drawColourGradient(Float32Array.from([0, 1, 0, -1, 0, 1]), 2, 1);
    expect(colourAt(picture, 0)).toEqual([128, 128, 128]);
    expect(colourAt(picture, 1)).toEqual([255, 0, 255]);
  });
});

describe('laying a map on a picture', () => {
  const photo: Picture = {
    width: 3,
    height: 1,
    rgb: Uint8Array.from([200, 100, 50, 200, 100, 50, 200, 100, 50]),
  };

  it('leaves the photograph (grey) where the map is zero and colours it by magnitude', () => {
    const drawn = drawMap(mapOf([0, 1, -1], true), { limit: 1 });
    const laid = overlayMap(photo, drawn);
    expect(colourAt(laid, 0)).toEqual([124, 124, 124]);
    const [red = 0, , blue = 0] = entry('blueRed', 255);
    expect(colourAt(laid, 1)[0]).toBe(Math.round(124 * (1 - 0.8) + red * 0.8));
    expect(colourAt(laid, 1)[2]).toBe(Math.round(124 * (1 - 0.8) + blue * 0.8));
    expect(colourAt(overlayMap(photo, drawn, { grey: false }), 0)).toEqual([200, 100, 50]);
  });

  it('lays weak values on in a full colour, only thinner, so that zero leaves no haze', () => {
    const laid = overlayMap(photo, drawMap(mapOf([0.04, -0.04, 1], true), { limit: 1 }));
    const alpha = 0.8 * 0.2;
    // 0.04 lies at 0.52 of the map, and is painted in the colour at 0.5 + 0.52 / 2.
    const [red = 0] = entry('blueRed', Math.round(0.76 * 255));
    expect(Math.abs((colourAt(laid, 0)[0] ?? 0) - (124 * (1 - alpha) + red * alpha))).toBeLessThanOrEqual(1);
    expect(colourAt(laid, 1)[2]).toBeGreaterThan((colourAt(laid, 1)[0] ?? 0) + 10);
  });

  it('refuses pictures of another size', () => {
    expect(() => overlayMap(photo, drawMap(mapOf([1, 2], true)))).toThrow('cannot lie on a picture of 3x1');
  });
});

describe('text without fonts', () => {
  it('measures by the outlines’ own advances', () => {
    // DejaVu Sans: "A" is 684, a space 318 thousandths of the em.
    expect(textWidth('A A', 10)).toBeCloseTo(16.86, 5);
  });

  it('cuts long lines with an ellipsis', () => {
    const cut = fitText('a rather long label', 10, 50);
    expect(cut.endsWith('…')).toBe(true);
    expect(textWidth(cut, 10)).toBeLessThanOrEqual(50);
    expect(fitText('short', 10, 50)).toBe('short');
  });

  it('draws paths only, whatever the text contains', async () => {
    const svg = textSvg('</g><script>& "日本"', 0, 20, { size: 16 });
    expect(svg).not.toContain('script');
    const whole = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="200" height="30">${svg}</svg>`);
    const { data } = await sharp(whole)
      .flatten({ background: '#fff' })
      .greyscale()
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(data.filter((byte) => byte < 100).length).toBeGreaterThan(150);
  });

  it.each([
    [0, '0'],
    [-0.0125, '−0.0125'],
    [12345, '12300'],
    [3.2e-6, '3.2×10⁻⁶'],
    [1e12, '1×10¹²'],
  ])('writes %d as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});

describe('pictures on disk', () => {
  it('come back from a PNG unchanged', async () => {
    const picture = magnify({ width: 2, height: 1, rgb: Uint8Array.from([1, 2, 3, 250, 251, 252]) }, 3);
    const { data, info } = await sharp(await encodePng(picture))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, info.channels]).toEqual([6, 3, 3]);
    expect([...data]).toEqual([...picture.rgb]);
    expect(colourAt(picture, 2)).toEqual([1, 2, 3]);
    expect(colourAt(picture, 3)).toEqual([250, 251, 252]);
  });

  it('as a figure hold the photograph, the map’s pixels and the overlay side by side', async () => {
    const side = 32;
    const picture: Picture = { width: side, height: side, rgb: new Uint8Array(side * side * 3).fill(90) };
    const values = Float32Array.from({ length: side * side }, (_, index) => (index === 0 ? 1 : -1));
    const drawn = drawMap({ width: side, height: side, values, signed: true });
    const png = await drawFigure({
      picture,
      drawn,
      overlay: overlayMap(picture, drawn),
      title: 'Saliency',
      lines: ['cat · 99 %'],
    });
    const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
    expect(info.channels).toBe(3);
    expect(info.width).toBe(2 * 28 + 2 * 24 + 3 * 320);
    const figure: Picture = { width: info.width, height: info.height, rgb: data };
    const at = (x: number, y: number): number[] => colourAt(figure, y * info.width + x);
    const middle = Math.floor(info.height / 2);
    expect(at(28 + 160, middle)).toEqual([90, 90, 90]);
    expect(at(28 + 344 + 160, middle)).toEqual(entry('blueRed', 0));
    expect(at(2, 2)).toEqual([255, 255, 255]);
    const again = await drawFigure({
      picture,
      drawn,
      overlay: overlayMap(picture, drawn),
      title: 'Saliency',
      lines: ['cat · 99 %'],
    });
    expect(Buffer.from(again).equals(Buffer.from(png))).toBe(true);
  });
});
