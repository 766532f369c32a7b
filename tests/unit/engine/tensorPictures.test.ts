import { describe, expect, it } from 'vitest';
import { normals, seededRandom } from '../../../core/base/random.ts';
import type { Picture } from '../../../core/data/picture.ts';
import { floatsOfPicture, pictureOf } from '../../../core/engine/pictures/image.ts';
import { magnifiedPerturbation } from '../../../core/engine/pictures/perturbation.ts';
import { weightNote, weightScale, weightTiles } from '../../../core/engine/pictures/tensorTiles.ts';

const floats = (...values: number[]): Float32Array => Float32Array.from(values);

describe('tensors as pictures', () => {
  it('come back from bytes unchanged, all 256 levels of all three channels', () => {
    const rgb = Uint8Array.from({ length: 256 * 3 }, (_, at) => (Math.floor(at / 3) + 85 * (at % 3)) % 256);
    const picture: Picture = { width: 64, height: 4, rgb };
    const values = floatsOfPicture(picture, 3);
    expect(values[1]).toBe(Math.fround(1 / 255));
    // The first green value lies a plane of 256 numbers after the first red one.
    expect(values[256]).toBe(Math.fround(85 / 255));
    expect(pictureOf(values, [3, 4, 64])).toEqual(picture);
  });

  it('of one channel are grey, and the first component comes back', () => {
    const picture = pictureOf(floats(0, 0.5, 1), [1, 1, 3]);
    expect([...picture.rgb]).toEqual([0, 0, 0, 128, 128, 128, 255, 255, 255]);
    const coloured: Picture = { width: 1, height: 1, rgb: Uint8Array.from([51, 9, 200]) };
    expect([...floatsOfPicture(coloured, 1)]).toEqual([Math.fround(0.2)]);
  });

  it('are rounded to the nearest level and clamped', () => {
    const { rgb } = pictureOf(floats(-0.2, 1.7, 0.4999 / 255, 0.5001 / 255), [1, 2, 2]);
    expect([rgb[0], rgb[3], rgb[6], rgb[9]]).toEqual([0, 255, 0, 1]);
  });

  it('show a pixel with any number that is not finite as a chequer', () => {
    const values = floats(0.5, Number.NaN, 0.5, 0.5, 0.5, Infinity, 0.5, 0.5, 0.5);
    const { rgb } = pictureOf(values, [3, 1, 3]);
    expect([...rgb]).toEqual([128, 128, 128, 255, 0, 255, 0, 0, 0]);
  });

  it('refuse other channels and sizes', () => {
    expect(() => pictureOf(new Float32Array(8), [2, 2, 2])).toThrow(
      'Expected one channel (grey) or three (RGB) for a tensor to draw as a picture but received the shape 2x2x2.',
    );
    expect(() => pictureOf(new Float32Array(11), [3, 2, 2])).toThrow('Expected 12 values');
  });
});

describe('a magnified perturbation', () => {
  it('is 0.5 + 10 delta, with nothing in the middle', () => {
    const { picture, clipped } = magnifiedPerturbation(floats(0, 0.02, -0.02, 0.04), 4, 1, 1, 10);
    const levels = [0, 3, 6, 9].map((at) => picture.rgb[at]);
    // 255 (0.5 ± 0.2) = 178.5 and 76.5, 255 · 0.9 = 229.5; float32 lies below or above the half.
    expect(levels).toEqual([128, 178, 77, 229]);
    expect(clipped).toBe(0);
  });

  it('counts what is clipped, but not what a float32 puts a hair beyond the end', () => {
    const shown = magnifiedPerturbation(floats(0.05, -0.05, 0.0503, -0.0503, 0.2, -1), 1, 2, 3, 10);
    expect(shown.clipped).toBe(4);
    expect(shown.note).toBe(
      'Perturbation × 10: mid-grey is no change, black and white are ∓0.05; 4 of 6 values are clipped, their magnitude is beyond 0.05.',
    );
    expect(magnifiedPerturbation(floats(0.05, -0.05), 2, 1, 1, 10).note).toContain('no value is clipped.');
  });

  it('keeps colours apart: a change of red alone is red about grey', () => {
    const { picture } = magnifiedPerturbation(floats(0.03, 0, 0), 1, 1, 3, 10);
    expect([...picture.rgb]).toEqual([204, 128, 128]);
  });

  it('counts what is no number apart from what is clipped, and says so', () => {
    const shown = magnifiedPerturbation(floats(Number.NaN, -Infinity, 0.2), 3, 1, 1, 10);
    expect([shown.clipped, shown.nonFinite]).toEqual([1, 2]);
    expect([...shown.picture.rgb.subarray(0, 3)]).toEqual([255, 0, 255]);
    expect(shown.note).toContain('2 of 3 values are no finite numbers: magenta chequer.');
  });

  it('refuses a factor that magnifies nothing', () => {
    expect(() => magnifiedPerturbation(floats(0), 1, 1, 1, 0)).toThrow('Expected a positive number');
    expect(() => magnifiedPerturbation(floats(0), 1, 1, 1, Number.NaN)).toThrow('received NaN');
  });
});

describe('weights as tiles', () => {
  it('share one symmetric scale, zero in mid-grey', () => {
    const [weak, strong] = weightTiles(floats(0, 0.5, -0.5, 0, 1, -1, 0, 0), [2, 1, 2, 2]);
    const { high } = weightScale(floats(0, 0.5, -0.5, 0, 1, -1, 0, 0));
    // The 99.5th percentile of 0 0 0 0 0.5 0.5 1 1 is 1: both largest lie at its place of 6.965.
    expect(high).toBe(1);
    expect([0, 3, 6, 9].map((at) => weak?.rgb[at])).toEqual([128, 191, 64, 128]);
    expect([0, 3, 6, 9].map((at) => strong?.rgb[at])).toEqual([255, 0, 128, 128]);
  });

  it('take red, green and blue from the three planes of a filter', () => {
    const weights = floats(1, 0, 0, -1, 0, 0, 0, 0, 0, 0, 1, 1);
    const [first, second] = weightTiles(weights, [2, 3, 1, 2]);
    expect([...(first?.rgb ?? [])]).toEqual([255, 128, 128, 128, 0, 128]);
    expect([...(second?.rgb ?? [])]).toEqual([128, 128, 255, 128, 128, 255]);
  });

  it('are as many as filters, of their size, and their note counts what lies beyond', () => {
    const weights = normals(seededRandom(1), 64 * 3 * 49, 0.2);
    const tiles = weightTiles(weights, [64, 3, 7, 7]);
    expect(tiles.map(({ width, height }) => [width, height])).toEqual(
      Array.from({ length: 64 }, () => [7, 7]),
    );
    const { high, beyond } = weightScale(weights);
    // 0.5 % of 9408 are 47.04; the limit lies between two weights.
    expect(beyond).toBe(48);
    expect(high).toBeCloseTo(0.2 * 2.807, 1);
    expect(weightNote(weights)).toMatch(
      /^Zero is mid-grey, black and white are ∓0\.5\d+ in every filter\. 48 of 9408 weights lie beyond\.$/,
    );
  });

  it('are mid-grey throughout where all weights are zero', () => {
    const [tile] = weightTiles(new Float32Array(9), [1, 1, 3, 3]);
    expect(new Set(tile?.rgb)).toEqual(new Set([128]));
    expect(weightNote(new Float32Array(9))).toBe('All weights are zero.');
  });

  it('refuse weights without colours, with the way out', () => {
    expect(() => weightTiles(new Float32Array(64 * 9), [1, 64, 3, 3])).toThrow(
      'Expected one input channel (grey) or three (RGB) for weights to draw as pictures but received the shape 1x64x3x3. Choose a convolution that reads the picture itself',
    );
    expect(() => weightTiles(new Float32Array(10), [1, 1, 3, 3])).toThrow('Expected 9 values');
  });
});
