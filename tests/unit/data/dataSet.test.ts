import { describe, expect, it } from 'vitest';
import { balanced, classCounts, splitDataSet, statisticsOf, subset } from '../../../core/data/dataSet.ts';
import { seedOf } from '../../../core/data/seeds.ts';
import { checkedDataSet } from '../../../core/data/sets/shared/checkedDataSet.ts';
import { noiseSet, pixelsOf } from './sets.ts';

/** 60 of class 0, 30 of class 1, 10 of class 2, interleaved. */
const uneven = noiseSet(Array.from({ length: 100 }, (_, at) => (at % 10 < 6 ? 0 : at % 10 < 9 ? 1 : 2)));

describe('a data set', () => {
  it('is refused where counts differ, a label has no class, or nothing is there', () => {
    const { name, classes, shape, images, labels } = uneven;
    const parts = { name, classes, shape, images, labels };
    expect(() => checkedDataSet({ ...parts, images: images.subarray(60) })).toThrow(
      'Expected as many images of 3x5x4 as labels (100) for the data set noise but received 99 images.',
    );
    expect(() => checkedDataSet({ ...parts, images: images.subarray(30) })).toThrow('received 99.50 images');
    expect(() => checkedDataSet({ ...parts, classes: ['a', 'b'] })).toThrow(
      'Expected labels from 0 to 1 for the 2 classes of noise but received 2 at example 9.',
    );
    expect(() =>
      checkedDataSet({ ...parts, images: images.subarray(0, 0), labels: new Int32Array() }),
    ).toThrow('The data set noise holds no examples.');
  });

  it('has a hash that changes with every part of the content', () => {
    const parts = { ...uneven, sha256: undefined };
    const again = checkedDataSet({ ...uneven });
    const { sha256: _, ...rest } = parts;
    const hashOf = (changed: object): string => checkedDataSet({ ...rest, ...changed }).sha256;
    expect(hashOf({})).toBe(again.sha256);
    const otherPixels = uneven.images.slice();
    otherPixels[5] = (otherPixels[5] ?? 0) ^ 1;
    const otherLabels = uneven.labels.slice();
    otherLabels[0] = 1;
    const hashes = [
      hashOf({}),
      hashOf({ images: otherPixels }),
      hashOf({ labels: otherLabels }),
      hashOf({ shape: [3, 4, 5] }),
      hashOf({ classes: ['x', 'y', 'z'] }),
    ];
    expect(new Set(hashes).size).toBe(5);
    // A name is no content.
    expect(hashOf({ name: 'other' })).toBe(again.sha256);
  });

  it('gives the examples at indices, in their order, masks included', () => {
    const objects = Uint8Array.from({ length: 100 * 20 }, (_, at) => Math.floor(at / 20));
    const part = subset({ ...uneven, objects, evidence: objects }, [7, 3, 7]);
    expect([...part.labels]).toEqual([1, 0, 1]);
    expect(pixelsOf(part, 0)).toEqual(pixelsOf(uneven, 7));
    expect(pixelsOf(part, 1)).toEqual(pixelsOf(uneven, 3));
    expect([...(part.objects ?? [])]).toEqual(
      [7, 3, 7].flatMap((value) => new Array<number>(20).fill(value)),
    );
    expect(part.evidence).toBe(part.objects);
    expect(part.sha256).not.toBe(subset(uneven, [3, 7, 7]).sha256);
    expect(part.sha256).toBe(subset(uneven, [7, 3, 7]).sha256);
    expect(() => subset(uneven, [100])).toThrow(
      'Expected indices from 0 to 99 for a part of noise but received 100.',
    );
  });
});

describe('splitting', () => {
  it('holds back the same share of every class, and loses and doubles nothing', () => {
    const { training, validation } = splitDataSet(uneven, { fraction: 0.2 }, 5);
    expect(classCounts(validation)).toEqual([12, 6, 2]);
    expect(classCounts(training)).toEqual([48, 24, 8]);
    const all = [training, validation].flatMap((part) =>
      Array.from(part.labels.keys(), (index) => pixelsOf(part, index).join()),
    );
    const wanted = Array.from(uneven.labels.keys(), (index) => pixelsOf(uneven, index).join());
    expect(all.sort()).toEqual(wanted.sort());
  });

  it('holds back exactly the count that was asked for', () => {
    for (const count of [1, 7, 33, 99]) {
      expect(splitDataSet(uneven, { count }, 5).validation.labels).toHaveLength(count);
    }
    // 33 · (60, 30, 10)/100 = 19.8, 9.9, 3.3: the largest remainders are rounded up.
    expect(classCounts(splitDataSet(uneven, { count: 33 }, 5).validation)).toEqual([20, 10, 3]);
  });

  it('is a function of its seed', () => {
    const hashOf = (seed: number): string => splitDataSet(uneven, { count: 30 }, seed).validation.sha256;
    expect(hashOf(1)).toBe(hashOf(1));
    expect(hashOf(1)).not.toBe(hashOf(2));
  });

  it('refuses to leave a part empty', () => {
    for (const size of [{ count: 0 }, { count: 100 }, { fraction: 1 }, { count: 1.5 }]) {
      expect(() => splitDataSet(uneven, size, 1)).toThrow(
        'Expected between 1 and 99 of the 100 examples of noise to be held back',
      );
    }
  });
});

describe('balancing', () => {
  it('keeps as many of each class as the rarest has', () => {
    expect(classCounts(balanced(uneven, 3))).toEqual([10, 10, 10]);
    expect(balanced(uneven, 3).sha256).toBe(balanced(uneven, 3).sha256);
    expect(balanced(uneven, 3).sha256).not.toBe(balanced(uneven, 4).sha256);
  });

  it('is refused where a class has no example', () => {
    expect(() => balanced(noiseSet([0, 0, 2]), 1)).toThrow('it holds no example of "class 1"');
  });
});

describe('statistics', () => {
  it('are mean and population standard deviation of each channel in [0, 1]', () => {
    const { mean, std } = statisticsOf(uneven);
    for (let channel = 0; channel < 3; channel++) {
      const values = [...uneven.images].filter((_, at) => Math.floor(at / 20) % 3 === channel);
      const average = values.reduce((sum, value) => sum + value / 255, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value / 255 - average) ** 2, 0) / values.length;
      expect(mean[channel]).toBeCloseTo(average, 12);
      expect(std[channel]).toBeCloseTo(Math.sqrt(variance), 12);
    }
  });
});

describe('seeds of parts', () => {
  it('differ for every value of the last part, and with the order', () => {
    const seeds = new Set(Array.from({ length: 100_000 }, (_, index) => seedOf(3, 1, index)));
    expect(seeds.size).toBe(100_000);
    expect(seedOf(1, 2)).not.toBe(seedOf(2, 1));
    expect(seedOf(0)).not.toBe(seedOf(0, 0));
  });
});
