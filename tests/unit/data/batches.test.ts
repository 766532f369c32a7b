import { describe, expect, it } from 'vitest';
import { type Augmentation, augmentationSchema } from '../../../core/data/augmentation/schema.ts';
import { type BatchOptions, emptyBatch, epochOrder, makeBatch } from '../../../core/data/batches.ts';
import type { DataSet } from '../../../core/data/dataSet.ts';
import { noiseSet, pixelsOf } from './sets.ts';

const set = noiseSet(
  Array.from({ length: 40 }, (_, at) => at % 3),
  [3, 6, 5],
);
const everything: Augmentation = augmentationSchema.parse({
  crop: 2,
  flip: true,
  rotation: 30,
  scale: 0.2,
  border: 'reflect',
  brightness: 0.3,
  contrast: 0.3,
  saturation: 0.3,
  cutout: 2,
  mixup: 0.7,
});

const batchOf = (data: DataSet, indices: readonly number[], options: Partial<BatchOptions> = {}) =>
  makeBatch(data, indices, { seed: 4, epoch: 2, ...options });

describe('the order of an epoch', () => {
  it('is a permutation, and a function of length, seed and epoch only', () => {
    const order = epochOrder(1000, 1, 0);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, index) => index));
    expect([...epochOrder(1000, 1, 0)]).toEqual([...order]);
    for (const [seed, epoch] of [
      [1, 1],
      [2, 0],
      [0, 1],
    ]) {
      expect([...epochOrder(1000, seed ?? 0, epoch ?? 0)]).not.toEqual([...order]);
    }
    expect([...epochOrder(1, 1, 0)]).toEqual([0]);
  });

  it('is one of all permutations, each as often', () => {
    const counts = new Map<string, number>();
    const rounds = 6000;
    for (let epoch = 0; epoch < rounds; epoch++) {
      const key = epochOrder(3, 8, epoch).join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    // 1000 each, with a standard deviation of 29.
    for (const count of counts.values()) expect(Math.abs(count - rounds / 6)).toBeLessThan(130);
  });
});

describe('a batch', () => {
  it('holds pixels as k/255, labels and one-hot targets', () => {
    const batch = batchOf(set, [5, 0], { classes: 4 });
    expect([...batch.images]).toEqual(
      [...pixelsOf(set, 5), ...pixelsOf(set, 0)].map((level) => Math.fround(level / 255)),
    );
    expect([...batch.labels]).toEqual([2, 0]);
    expect([...batch.targets]).toEqual([0, 0, 1, 0, 1, 0, 0, 0]);
  });

  it('gives an example the same whatever else is in it', () => {
    const options = { augmentation: everything };
    const together = batchOf(set, [7, 3, 7, 20], options);
    const alone = [7, 3, 7, 20].map((index) => batchOf(set, [index], options));
    expect([...together.images]).toEqual(alone.flatMap(({ images }) => [...images]));
    expect([...together.targets]).toEqual(alone.flatMap(({ targets }) => [...targets]));
  });

  it('changes with seed, epoch and index', () => {
    const imagesOf = (options: Partial<BatchOptions>): string =>
      batchOf(set, [7], { augmentation: everything, ...options }).images.join();
    const seen = new Set([imagesOf({}), imagesOf({ seed: 5 }), imagesOf({ epoch: 3 }), imagesOf({})]);
    expect(seen.size).toBe(3);
  });

  it('is written into given arrays, nothing of the last one left', () => {
    const output = emptyBatch(2, 90, 3);
    const first = batchOf(set, [1, 2], { output, augmentation: everything });
    expect(first.images).toBe(output.images);
    batchOf(set, [5, 0], { output });
    expect(output).toEqual(batchOf(set, [5, 0]));
    expect(() => batchOf(set, [1], { output })).toThrow(
      'Expected arrays for 1 images of 90 values and 3 classes for the output of a batch but received 180, 2 and 6 elements.',
    );
  });

  it('refuses an index that is not in the set', () => {
    for (const index of [40, -1, 0.5]) {
      expect(() => batchOf(set, [index])).toThrow('Expected indices from 0 to 39 for a batch of noise');
    }
  });
});
