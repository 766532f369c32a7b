import { expect, it } from 'vitest';
import { Moments } from '../../../core/base/moments.ts';

it('finds mean and unbiased variance, also of small differences between large numbers', () => {
  const moments = new Moments(3);
  for (const row of [
    [1, 0, 1e6],
    [2, 0, 1e6 + 1],
    [6, 0, 1e6 + 5],
  ])
    moments.add(Float32Array.from(row));
  expect([...moments.mean()]).toEqual([3, 0, 1e6 + 2]);
  expect([...moments.variance()]).toEqual([7, 0, 7]);
  expect(moments.count).toBe(3);
});

it('says that one array has no variance', () => {
  const moments = new Moments(2);
  moments.add(Float32Array.of(4, -1));
  expect([...moments.mean(), ...moments.variance()]).toEqual([4, -1, 0, 0]);
});

it('passes on what is no number', () => {
  const moments = new Moments(1);
  for (const value of [1, Number.NaN, 2]) moments.add(Float32Array.of(value));
  expect([...moments.mean(), ...moments.variance()]).toEqual([Number.NaN, Number.NaN]);
});
