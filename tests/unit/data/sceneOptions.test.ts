import { describe, expect, it } from 'vitest';
import { sceneClasses } from '../../../core/data/scenes/params.ts';
import { scene, sceneMaker } from '../../../core/data/scenes/scene.ts';
import { loadDataSet } from '../../../core/data/sets/registry.ts';
import { differing, indices, paramsOf } from './sceneHelpers.ts';

describe('the spurious cue', () => {
  const cheating = { cue: 0.95, cueClass: 3 };
  const hasCues = (given: object, part: 'train' | 'test', count = 1000): boolean[] => {
    const make = sceneMaker(paramsOf({ ...cheating, size: 32, clutter: 0, distractors: 0, ...given }));
    return indices(count).map((index) => make(9, index, part).hasCue);
  };

  it('marks its share of one class in training', () => {
    const cues = hasCues({}, 'train');
    expect(cues.filter((has, index) => has && index % 10 !== 3)).toEqual([]);
    const marked = cues.filter(Boolean).length;
    // Of 100, with a standard deviation of 2.2.
    expect(marked).toBeGreaterThan(86);
    expect(marked).toBeLessThan(100);
    expect(hasCues({ cue: 1 }, 'train', 100).filter(Boolean)).toHaveLength(10);
  });

  it('is absent, random or the same in the part "test"', () => {
    expect(hasCues({}, 'test', 300).some(Boolean)).toBe(false);
    const random = hasCues({ cueInTest: 'random' }, 'test');
    expect(Math.abs(random.filter(Boolean).length - 500)).toBeLessThan(65);
    expect(random.filter((has, index) => has && index % 10 === 3).length).toBeLessThan(75);
    const same = hasCues({ cueInTest: 'same' }, 'test', 300);
    expect(same.every((has, index) => !has || index % 10 === 3)).toBe(true);
    expect(same.filter(Boolean).length).toBeGreaterThan(24);
  });

  it('is evidence exactly where it is, and its pixels are those that it changes', () => {
    for (const index of [3, 13, 23]) {
      const plain = scene(9, index, paramsOf());
      const marked = scene(9, index, paramsOf({ cue: 1, cueClass: 3 }));
      expect(plain.evidence).toBe(plain.object);
      const cuePixels = indices(4096).filter((pixel) => marked.evidence[pixel] !== marked.object[pixel]);
      expect(differing(plain, marked)).toEqual(cuePixels);
      // 6.4 x 6.4 pixels from 1.6: columns and rows 1 to 7, of which 2 to 7 are whole.
      const rows = cuePixels.map((pixel) => Math.floor(pixel / 64));
      expect([Math.min(...rows), Math.max(...rows)]).toEqual([1, 7]);
      expect(cuePixels).toHaveLength(49);
    }
  });
});

describe('parameters of scenes', () => {
  it('that contradict each other are refused', () => {
    expect(() => sceneClasses(paramsOf({ conflict: 0.5 }))).toThrow('set classesBy = shape');
    expect(() => sceneClasses(paramsOf({ classesBy: 'shape', shapes: 6 }))).toThrow(
      'expected at most 5 shapes but received 6',
    );
    expect(() => sceneClasses(paramsOf({ cue: 1, cueClass: 10 }))).toThrow(
      'Expected cueClass from 0 to 9 but received 10.',
    );
    expect(() => paramsOf({ size: 16 })).toThrow('size');
  });
});

describe('the data set of scenes', () => {
  it('holds the scenes with their masks, and its hash follows from its parameters', async () => {
    const params = { seed: 6, length: 12, testLength: 4, size: 32, cue: 1 };
    const set = await loadDataSet('shapes', { split: 'train', params });
    const third = scene(6, 2, paramsOf({ size: 32, cue: 1 }));
    expect(set).toMatchObject({ shape: [3, 32, 32] });
    expect([...set.labels]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
    expect(set.images.subarray(2 * 3072, 3 * 3072)).toEqual(third.image);
    expect(set.objects?.subarray(2 * 1024, 3 * 1024)).toEqual(third.object);
    const first = scene(6, 0, paramsOf({ size: 32, cue: 1 }));
    expect(first.hasCue).toBe(true);
    expect(set.evidence?.subarray(0, 1024)).toEqual(first.evidence);
    const again = await loadDataSet('shapes', { split: 'train', params: { ...params, masks: false } });
    expect(again.sha256).toBe(set.sha256);
    expect(again.objects).toBeUndefined();
    const test = await loadDataSet('shapes', { split: 'test', params });
    expect(test.labels).toHaveLength(4);
    expect(test.sha256).not.toBe(set.sha256);
    const other = await loadDataSet('shapes', { split: 'train', params: { ...params, clutter: 3 } });
    expect(other.sha256).not.toBe(set.sha256);
  });

  it('shares one array for object and evidence where there is no cue, and can be cancelled', async () => {
    const set = await loadDataSet('shapes', { split: 'train', params: { length: 2 } });
    expect(set.evidence).toBe(set.objects);
    const controller = new AbortController();
    const loading = loadDataSet('shapes', {
      split: 'train',
      params: { length: 1000 },
      signal: controller.signal,
      onProgress: ({ done }) => {
        if (done >= 50) controller.abort();
      },
    });
    await expect(loading).rejects.toThrow('Cancelled.');
  });
});
