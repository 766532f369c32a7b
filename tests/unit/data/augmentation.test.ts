import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { drawMix } from '../../../core/data/augmentation/mixup.ts';
import { augmentationSchema } from '../../../core/data/augmentation/schema.ts';
import { makeBatch } from '../../../core/data/batches.ts';
import type { DataSet, ImageShape } from '../../../core/data/dataSet.ts';
import { randomOf } from '../../../core/data/seeds.ts';
import { checkedDataSet } from '../../../core/data/sets/shared/checkedDataSet.ts';
import { noiseSet } from './sets.ts';

type Given = z.input<typeof augmentationSchema>;

/** Example 0 of `set` in many epochs. */
function drawn(set: DataSet, given: Given, epochs: number): Float32Array[] {
  const augmentation = augmentationSchema.parse(given);
  return Array.from(
    { length: epochs },
    (_, epoch) => makeBatch(set, [0], { seed: 1, epoch, augmentation }).images,
  );
}

const shape: ImageShape = [3, 6, 5];
const [channels, height, width] = shape;
const set = noiseSet([0, 1], shape);
const plain = drawn(set, {}, 1)[0] ?? new Float32Array();
const at = (values: Float32Array, channel: number, y: number, x: number): number =>
  values[(channel * height + y) * width + x] ?? Number.NaN;

/** An image computed value by value. */
const imageOf = (value: (channel: number, y: number, x: number) => number): Float32Array =>
  Float32Array.from({ length: channels * height * width }, (_, index) =>
    value(
      Math.floor(index / (height * width)),
      Math.floor((index % (height * width)) / width),
      index % width,
    ),
  );

/** NumPy's padding: reflect without the edge, or zeros. */
function padded(channel: number, y: number, x: number, border: string): number {
  const inside = y >= 0 && y < height && x >= 0 && x < width;
  if (inside) return at(plain, channel, y, x);
  if (border === 'zero') return 0;
  const mirror = (position: number, size: number): number =>
    position < 0 ? -position : position >= size ? 2 * (size - 1) - position : position;
  return at(plain, channel, mirror(y, height), mirror(x, width));
}

describe('random crop', () => {
  it.each(['zero', 'reflect'] as const)(
    'gives every one of the 25 crops of an image padded by two (%s)',
    (border) => {
      const crops = new Map<string, number>();
      for (let down = -2; down <= 2; down++) {
        for (let across = -2; across <= 2; across++) {
          const image = imageOf((channel, y, x) => padded(channel, y + down, x + across, border));
          crops.set(image.join(), 0);
        }
      }
      for (const image of drawn(set, { crop: 2, border }, 600)) {
        const count = crops.get(image.join());
        expect(count).toBeDefined();
        crops.set(image.join(), (count ?? 0) + 1);
      }
      // 24 each on average; four standard deviations are 19.
      for (const count of crops.values()) expect(Math.abs(count - 24)).toBeLessThan(22);
    },
  );
});

describe('flip', () => {
  it('mirrors half of the images from left to right', () => {
    const mirrored = imageOf((channel, y, x) => at(plain, channel, y, width - 1 - x)).join();
    const images = drawn(set, { flip: true }, 400).map((image) => image.join());
    const flipped = images.filter((image) => image === mirrored).length;
    expect(images.filter((image) => image === plain.join()).length).toBe(400 - flipped);
    expect(Math.abs(flipped - 200)).toBeLessThan(45);
  });
});

/** Red counts columns, green rows, in levels; bilinear sampling gives back where a pixel came from. */
const side = 31;
const coordinates: DataSet = checkedDataSet({
  name: 'coordinates',
  classes: ['a'],
  shape: [3, side, side],
  images: Uint8Array.from({ length: 3 * side * side }, (_, index) => {
    const pixel = index % (side * side);
    return [pixel % side, Math.floor(pixel / side), 255][Math.floor(index / (side * side))] ?? 0;
  }),
  labels: Int32Array.of(0),
});

/** The matrix that takes a pixel's place, from the centre, to where its value was, from 7 x 7 pixels about the centre. */
function mapOf(image: Float32Array): { turn: number; factor: number; residual: number } {
  const middle = (side - 1) / 2;
  const from = (x: number, y: number): [number, number] => [
    (image[y * side + x] ?? 0) * 255 - middle,
    (image[side * side + y * side + x] ?? 0) * 255 - middle,
  ];
  const [cosine, sine] = from(middle + 1, middle);
  let residual = 0;
  for (let dy = -3; dy <= 3; dy++) {
    for (let dx = -3; dx <= 3; dx++) {
      const [x, y] = from(middle + dx, middle + dy);
      residual = Math.max(
        residual,
        Math.abs(x - (cosine * dx - sine * dy)),
        Math.abs(y - (sine * dx + cosine * dy)),
      );
    }
  }
  return {
    turn: (Math.atan2(sine, cosine) * 180) / Math.PI,
    factor: 1 / Math.hypot(cosine, sine),
    residual,
  };
}

describe('rotation and scale', () => {
  it('are one similarity about the centre, uniform in their ranges', () => {
    const maps = drawn(coordinates, { rotation: 40, scale: 0.25 }, 400).map(mapOf);
    for (const { turn, factor, residual } of maps) {
      expect(residual).toBeLessThan(1e-4);
      expect(Math.abs(turn)).toBeLessThanOrEqual(40.001);
      expect(Math.abs(factor - 1)).toBeLessThanOrEqual(0.25001);
    }
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    // Uniform in ±r: mean 0, mean square r²/3.
    expect(Math.abs(mean(maps.map(({ turn }) => turn)))).toBeLessThan(5);
    expect(mean(maps.map(({ turn }) => turn ** 2)) / (40 ** 2 / 3)).toBeCloseTo(1, 0);
    expect(Math.abs(mean(maps.map(({ factor }) => factor - 1)))).toBeLessThan(0.03);
    expect(mean(maps.map(({ factor }) => (factor - 1) ** 2)) / (0.25 ** 2 / 3)).toBeCloseTo(1, 0);
  });

  it('see black or the mirror image outside', () => {
    const [zero, mirrored] = (['zero', 'reflect'] as const).map((border) =>
      drawn(coordinates, { rotation: 45, scale: 0.5, border }, 40).map(
        (image) => image.at(2 * side * side) ?? 0,
      ),
    );
    // The blue channel is white everywhere; a corner is white unless it comes from outside.
    expect(mirrored?.every((corner) => Math.abs(corner - 1) < 1e-6)).toBe(true);
    expect(zero?.some((corner) => corner === 0)).toBe(true);
  });
});

describe('colour jitter', () => {
  const grey = (image: Float32Array, y: number, x: number): number =>
    0.299 * at(image, 0, y, x) + 0.587 * at(image, 1, y, x) + 0.114 * at(image, 2, y, x);
  const clip = (value: number): number => Math.min(1, Math.max(0, value));
  const difference = (image: Float32Array, wanted: Float32Array): number =>
    Math.max(...image.map((value, index) => Math.abs(value - (wanted[index] ?? 0))));

  /** The factor for which `wanted` is the image, by trying. */
  function factorOf(image: Float32Array, wanted: (factor: number) => Float32Array): number {
    let best = { factor: 0, error: 1 };
    for (let factor = 0.5; factor <= 1.5; factor += 0.0005) {
      const error = difference(image, wanted(factor));
      if (error < best.error) best = { factor, error };
    }
    expect(best.error).toBeLessThan(6e-4);
    return best.factor;
  }

  it('of brightness multiplies, of contrast stretches about the mean grey, of saturation about the pixel’s own', () => {
    const mean =
      Array.from({ length: height * width }, (_, pixel) =>
        grey(plain, Math.floor(pixel / width), pixel % width),
      ).reduce((sum, value) => sum + value, 0) /
      (height * width);
    const cases = [
      { given: { brightness: 0.4 }, about: () => 0 },
      { given: { contrast: 0.4 }, about: () => mean },
      { given: { saturation: 0.4 }, about: (y: number, x: number) => grey(plain, y, x) },
    ];
    for (const { given, about } of cases) {
      const factors = drawn(set, given, 25).map((image) =>
        factorOf(image, (factor) =>
          imageOf((channel, y, x) => clip(about(y, x) + factor * (at(plain, channel, y, x) - about(y, x)))),
        ),
      );
      expect(Math.min(...factors)).toBeGreaterThanOrEqual(0.5995);
      expect(Math.max(...factors)).toBeLessThanOrEqual(1.4005);
      expect(Math.max(...factors) - Math.min(...factors)).toBeGreaterThan(0.5);
    }
  });

  it('of saturation leaves grey images alone', () => {
    const greySet = noiseSet([0], [1, 4, 4]);
    expect(drawn(greySet, { saturation: 1 }, 1)).toEqual(drawn(greySet, {}, 1));
  });
});

describe('cutout', () => {
  it('fills a square about a random pixel with mid grey and leaves the rest', () => {
    const places = new Set<string>();
    for (const image of drawn(set, { cutout: 3 }, 500)) {
      const holes = Array.from(image.keys()).filter((index) => image[index] !== plain[index]);
      const rows = holes.map((index) => Math.floor(index / width) % height);
      const columns = holes.map((index) => index % width);
      const [top, bottom] = [Math.min(...rows), Math.max(...rows)];
      const [left, right] = [Math.min(...columns), Math.max(...columns)];
      expect(holes.every((index) => image[index] === 0.5)).toBe(true);
      // No pixel of the noise is mid grey: 127.5 is no level.
      expect(holes).toHaveLength(3 * (bottom - top + 1) * (right - left + 1));
      expect(bottom - top + 1).toBeLessThanOrEqual(3);
      places.add(`${top} ${bottom} ${left} ${right}`);
    }
    // One for every pixel that can be the middle.
    expect(places.size).toBe(height * width);
  });
});

describe('mixup', () => {
  it('draws its weight from Beta(α, α): mean 1/2, variance 1/(4 (2α + 1))', () => {
    for (const alpha of [0.2, 1, 4]) {
      const weights = Array.from(
        { length: 20_000 },
        (_, index) => drawMix(randomOf(3, index), alpha, 10).weight,
      );
      const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
      const variance = weights.reduce((sum, weight) => sum + (weight - mean) ** 2, 0) / weights.length;
      expect(Math.abs(mean - 0.5)).toBeLessThan(0.01);
      expect(variance * 4 * (2 * alpha + 1)).toBeGreaterThan(0.96);
      expect(variance * 4 * (2 * alpha + 1)).toBeLessThan(1.04);
    }
  });

  it('mixes images and targets by the same weight', () => {
    const two = noiseSet([0, 2], [1, 4, 4]);
    const [first, second] = [0, 1].map((index) => makeBatch(two, [index], { seed: 1, epoch: 0 }).images);
    const augmentation = augmentationSchema.parse({ mixup: 1 });
    let mixtures = 0;
    for (let epoch = 0; epoch < 50; epoch++) {
      const { images, targets, labels } = makeBatch(two, [0], { seed: 1, epoch, augmentation });
      const [weight = 0, none, other = 0] = targets;
      expect([labels[0], none]).toEqual([0, 0]);
      expect(weight + other).toBeCloseTo(1, 6);
      if (other > 0) mixtures++;
      images.forEach((value, index) => {
        expect(value).toBeCloseTo(weight * (first?.[index] ?? 0) + other * (second?.[index] ?? 0), 6);
      });
    }
    // The partner is the example itself half of the time.
    expect(mixtures).toBeGreaterThan(12);
    expect(mixtures).toBeLessThan(38);
  });
});
