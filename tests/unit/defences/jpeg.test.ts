import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../core/base/random.ts';
import { type Tensor, float32, floatsOf } from '../../../core/base/tensor.ts';
import { quantizationTable } from '../../../core/defences/shared/quantization.ts';
import { farthest, throughStage } from './throughStage.ts';

/** Smooth shapes with edges and some grain, as photographs have: whole levels in [0, 1]. */
function scene(channels: 1 | 3, height: number, width: number): Tensor {
  const random = seededRandom(width);
  const values = Float32Array.from({ length: channels * height * width }, (_, at) => {
    const [i, j] = [Math.floor(at / width) % height, at % width];
    const channel = Math.floor(at / (height * width));
    const wave = 0.5 + 0.3 * Math.sin(i / 5 + channel) * Math.cos(j / 7 - channel);
    const disc = (i - height / 2) ** 2 + (j - width / 3) ** 2 < 60 ? 0.3 - 0.2 * channel : 0;
    const value = wave + disc + 0.05 * (random.uniform() - 0.5);
    return Math.round(255 * Math.min(1, Math.max(0, value))) / 255;
  });
  return float32(values, [1, channels, height, width]);
}

interface Setting {
  readonly quality: number;
  readonly chromaSubsampling: boolean;
}

/** The picture after libjpeg (sharp's mozjpeg without its own extras) has coded and decoded it. */
async function throughLibjpeg(image: Tensor, { quality, chromaSubsampling }: Setting): Promise<Float32Array> {
  const [, channels = 1, height = 0, width = 0] = image.dims;
  const size = height * width;
  const bytes = Uint8Array.from({ length: channels * size }, (_, at) =>
    Math.round(255 * (floatsOf(image)[(at % channels) * size + Math.floor(at / channels)] ?? 0)),
  );
  const raw = { width, height, channels: channels === 1 ? 1 : 3 } as const;
  const jpeg = { quality, chromaSubsampling: chromaSubsampling ? '4:2:0' : '4:4:4' };
  const file = await sharp(bytes, { raw }).jpeg(jpeg).toBuffer();
  const decoded = await sharp(file)
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer();
  return Float32Array.from(
    { length: channels * size },
    (_, at) => (decoded[(at % size) * channels + Math.floor(at / size)] ?? 0) / 255,
  );
}

const meanDifference = (one: Float32Array, other: Float32Array): number =>
  (255 * one.reduce((sum, value, at) => sum + Math.abs(value - (other[at] ?? Number.NaN)), 0)) / one.length;

describe('the JPEG stage beside libjpeg', () => {
  // Measured: means of 0.00 to 0.13 levels, where the compression itself changes pixels by 3 to 11. What differs are blocks
  // with a coefficient at half a quantization step, where libjpeg's integers decide otherwise than float32.
  it.each([
    ['grey', 1, 64, 80, 50, true],
    ['grey, no multiple of 8', 1, 61, 83, 50, true],
    ['grey, coarse', 1, 61, 83, 10, true],
    ['colour', 3, 64, 80, 50, false],
    ['colour, no multiple of 8', 3, 61, 83, 50, false],
    ['coarser colours', 3, 64, 80, 50, true],
    ['coarser colours, no multiple of 16', 3, 72, 88, 50, true],
    ['coarser colours, odd', 3, 61, 83, 50, true],
    ['coarser colours, hardly a block', 3, 7, 9, 50, true],
    ['coarser colours, coarse', 3, 61, 83, 10, true],
    ['coarser colours, fine', 3, 61, 83, 90, true],
  ] as const)(
    'differs by 0.15 levels at most, in the mean: %s',
    async (_title, channels, height, width, quality, chromaSubsampling) => {
      const image = scene(channels, height, width);
      const setting = { quality, chromaSubsampling };
      const wanted = await throughLibjpeg(image, setting);
      const { image: found } = await throughStage('jpeg', setting, image);
      expect(meanDifference(wanted, floatsOf(image))).toBeGreaterThan(3);
      expect(meanDifference(found, wanted)).toBeLessThan(0.15);
      const equal = found.filter((value, at) => value === wanted[at]).length / found.length;
      expect(equal).toBeGreaterThan(0.89);
    },
  );
});

describe('the JPEG stage', () => {
  it("has the standard's tables at quality 50, and libjpeg's at others", () => {
    expect(quantizationTable('luminance', 50).slice(0, 8)).toEqual([16, 11, 10, 16, 24, 40, 51, 61]);
    expect(quantizationTable('luminance', 75).slice(0, 8)).toEqual([8, 6, 5, 8, 12, 20, 26, 31]);
    expect(quantizationTable('chrominance', 90).slice(0, 8)).toEqual([3, 4, 5, 9, 20, 20, 20, 20]);
    expect(quantizationTable('chrominance', 10).slice(0, 4)).toEqual([85, 90, 120, 235]);
    expect(quantizationTable('luminance', 1).every((step) => step === 255)).toBe(true);
    expect(quantizationTable('luminance', 100).every((step) => step === 1)).toBe(true);
  });

  it('makes pictures of whole levels', async () => {
    const { image } = await throughStage('jpeg', {}, scene(3, 29, 37));
    expect(
      farthest(
        image,
        image.map((value) => Math.fround(Math.round(255 * value) / 255)),
      ),
    ).toBe(0);
  });
});

describe('gradients through the JPEG stage', () => {
  const dims = [13, 19] as const;
  const drawn = (channels: number): Float32Array => {
    const random = seededRandom(6);
    return Float32Array.from({ length: channels * dims[0] * dims[1] }, () => random.normal());
  };

  it.each([
    ['grey', 1, true],
    ['colour', 3, false],
  ] as const)(
    'straightThrough, %s: those of the identity, which is what is left without rounding',
    async (_title, channels, chromaSubsampling) => {
      const cotangent = drawn(channels);
      const { gradient } = await throughStage(
        'jpeg',
        { chromaSubsampling },
        scene(channels, ...dims),
        cotangent,
      );
      expect(farthest(gradient, cotangent)).toBeLessThan(1e-4);
    },
  );

  it('straightThrough, coarser colours: those of averaging and interpolating the colours', async () => {
    const [u, v] = [drawn(3).map((value) => 2 * value), drawn(3).reverse()];
    const { gradient } = await throughStage('jpeg', {}, scene(3, ...dims), v);
    const product = (one: Float32Array, other: Float32Array): number =>
      one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
    expect(product(gradient, u) / product(v, withCoarserColours(u, ...dims))).toBeCloseTo(1, 4);
    expect(farthest(gradient, v)).toBeGreaterThan(0.5);
  });

  it('exact: zero, everywhere', async () => {
    const { gradient } = await throughStage('jpeg', { backward: 'exact' }, scene(3, ...dims), drawn(3));
    expect(gradient.every((value) => value === 0)).toBe(true);
  });

  it('identity: unchanged, and the picture is the same', async () => {
    const found = await throughStage('jpeg', { backward: 'identity' }, scene(3, ...dims), drawn(3));
    expect(found.gradient).toEqual(drawn(3));
    expect(farthest(found.image, (await throughStage('jpeg', {}, scene(3, ...dims))).image)).toBe(0);
  });
});

/** 4:2:0 without any rounding, in float64: colour differences are averaged over 2×2 and interpolated by 3/4 and 1/4. */
function withCoarserColours(rgb: Float32Array, height: number, width: number): Float32Array {
  const size = height * width;
  const toYcc = [
    [0.299, 0.587, 0.114],
    [-0.299 / 1.772, -0.587 / 1.772, 0.886 / 1.772],
    [0.701 / 1.402, -0.587 / 1.402, -0.114 / 1.402],
  ];
  const [luma = [], ...colours] = toYcc.map((row) =>
    Array.from({ length: size }, (_, at) =>
      row.reduce((sum, weight, c) => sum + weight * (rgb[c * size + at] ?? 0), 0),
    ),
  );
  const [cb = [], cr = []] = colours.map((plane) => coarser(plane, height, width));
  const green = (at: number): number => ((luma[at] ?? 0) - 0.299 * red(at) - 0.114 * blue(at)) / 0.587;
  const red = (at: number): number => (luma[at] ?? 0) + 1.402 * (cr[at] ?? 0);
  const blue = (at: number): number => (luma[at] ?? 0) + 1.772 * (cb[at] ?? 0);
  return Float32Array.from(
    { length: 3 * size },
    (_, at) => [red, green, blue][Math.floor(at / size)]?.(at % size) ?? Number.NaN,
  );
}

function coarser(plane: readonly number[], height: number, width: number): number[] {
  const cut = (at: number, length: number): number => Math.min(length - 1, Math.max(0, at));
  const [rows, columns] = [Math.ceil(height / 2), Math.ceil(width / 2)];
  const meanAt = (i: number, j: number): number =>
    [0, 1]
      .flatMap((di) => [0, 1].map((dj) => cut(2 * i + di, height) * width + cut(2 * j + dj, width)))
      .reduce((sum, at) => sum + (plane[at] ?? 0) / 4, 0);
  return Array.from({ length: height * width }, (_, at) => {
    const [i, j] = [Math.floor(at / width), at % width];
    const neighbours = (place: number, length: number): [number, number][] => {
      const own = Math.floor(place / 2);
      return [
        [own, 3 / 4],
        [cut(place % 2 === 0 ? own - 1 : own + 1, length), 1 / 4],
      ];
    };
    return neighbours(i, rows).reduce(
      (sum, [row, a]) =>
        sum + neighbours(j, columns).reduce((inner, [column, c]) => inner + a * c * meanAt(row, column), 0),
      0,
    );
  });
}
