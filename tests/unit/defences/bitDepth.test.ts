import { describe, expect, it } from 'vitest';
import { float32 } from '../../../core/base/tensor.ts';
import { throughStage } from './throughStage.ts';

/** All 256 levels of an 8-bit picture. */
const ramp = float32(
  Float32Array.from({ length: 256 }, (_, level) => level / 255),
  [1, 1, 16, 16],
);
const cotangent = Float32Array.from({ length: 256 }, (_, at) => Math.sin(at));

describe('the bit depth stage', () => {
  it.each([1, 2, 4, 5, 7])('with %i bits rounds to the nearest of 2^bits levels', async (bits) => {
    const steps = 2 ** bits - 1;
    const { image } = await throughStage('bitDepth', { bits }, ramp);
    const wanted = Float32Array.from(ramp.data as Float32Array, (x) => Math.round(x * steps) / steps);
    expect(image).toEqual(wanted);
    expect(new Set(image).size).toBe(2 ** bits);
  });

  it('with 8 bits changes nothing about an 8-bit picture', async () => {
    const { image } = await throughStage('bitDepth', { bits: 8 }, ramp);
    expect(image).toEqual(ramp.data);
  });

  it.each([
    ['straightThrough', cotangent],
    ['identity', cotangent],
    ['exact', new Float32Array(256)],
  ])('has the gradient of its backward pass "%s"', async (backward, wanted) => {
    const found = await throughStage('bitDepth', { backward }, ramp, cotangent);
    // x · 15/15 differs from x in the last bit.
    found.gradient.forEach((value, at) => expect(value).toBeCloseTo(wanted[at] ?? 0, 6));
  });
});
