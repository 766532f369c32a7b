import { expect, it } from 'vitest';
import { float32 } from '../../../core/base/tensor.ts';
import { batchOf, evenBatch, exampleOf } from '../../../core/method/batches.ts';

it.each([
  [25, 8, 5],
  [50, 8, 5],
  [23, 8, 8],
  [4000, 32, 32],
  [1, 8, 1],
  [7, 1, 1],
  [64, 32, 32],
])('%i examples in batches of at most %i are taken by %i', (count, limit, batch) => {
  expect(evenBatch(count, limit)).toBe(batch);
});

it('never takes more work than single examples would', () => {
  for (let count = 1; count <= 200; count++) {
    const batch = evenBatch(count, 16);
    expect(batch).toBeLessThanOrEqual(16);
    expect(Math.ceil(count / batch) * (batch + 0.5)).toBeLessThanOrEqual(1.5 * count);
  }
});

const images = float32([1, 2, 3, 4, 5, 6], [3, 1, 2]);

it('cuts a batch out, and repeats the last example where there are no more', () => {
  expect(batchOf(images, 1, 2)).toEqual(float32([3, 4, 5, 6], [2, 1, 2]));
  expect(batchOf(images, 2, 3)).toEqual(float32([5, 6, 5, 6, 5, 6], [3, 1, 2]));
  expect(exampleOf(images, 1)).toEqual(float32([3, 4], [1, 2]));
});
