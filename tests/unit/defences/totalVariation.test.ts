import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../core/base/random.ts';
import { float32 } from '../../../core/base/tensor.ts';
import {
  type Plane,
  fastGradientProjection,
  rofEnergy,
  rofMinimizer,
} from '../../reference/totalVariation.ts';
import { farthest, throughStage } from './throughStage.ts';

const [height, width] = [9, 11];

/** A bright square on a dark ground, with noise. */
function noisySquare(seed: number): Plane {
  const random = seededRandom(seed);
  const data = Float64Array.from({ length: height * width }, (_, place) => {
    const [i, j] = [Math.floor(place / width), place % width];
    const inside = i >= 2 && i < 6 && j >= 3 && j < 8;
    return Math.fround((inside ? 0.75 : 0.25) + 0.2 * (random.uniform() - 0.5));
  });
  return { height, width, data };
}

const x = noisySquare(3);
const image = float32(x.data, [1, 1, height, width]);
const denoised = async (weight: number, steps: number): Promise<Plane> => {
  const found = await throughStage('totalVariation', { weight, steps }, image);
  return { ...x, data: Float64Array.from(found.image) };
};

describe('the total variation stage', () => {
  it.each([
    [0.03, 1e-4],
    [0.2, 3e-3],
  ])(
    'of weight %s converges to the minimizer that another algorithm finds in float64',
    async (weight, within) => {
      const wanted = rofMinimizer(x, weight, 5000);
      const found = await denoised(weight, 100);
      expect(farthest(x.data, wanted.data)).toBeGreaterThan(0.03);
      expect(farthest(found.data, wanted.data)).toBeLessThan(within);
    },
  );

  it('is within 1 % of the least energy after the usual 20 steps, of what there is to gain', async () => {
    const least = rofEnergy(rofMinimizer(x, 0.03, 5000), x, 0.03);
    const gain = rofEnergy(x, x, 0.03) - least;
    expect(gain).toBeGreaterThan(0.1);
    expect((rofEnergy(await denoised(0.03, 20), x, 0.03) - least) / gain).toBeLessThan(0.01);
  });

  it('keeps the mean of each channel, and one channel does not touch another', async () => {
    const other = noisySquare(8);
    const two = float32([...x.data, ...other.data, ...x.data], [1, 3, height, width]);
    const { image: found } = await throughStage('totalVariation', { weight: 0.1 }, two);
    const alone = await denoised(0.1, 20);
    const size = height * width;
    expect(farthest(found.subarray(0, size), alone.data)).toBeLessThan(1e-6);
    expect(farthest(found.subarray(2 * size), alone.data)).toBeLessThan(1e-6);
    const mean = (values: Float32Array | Float64Array): number =>
      Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(found.subarray(size, 2 * size))).toBeCloseTo(mean(other.data), 6);
  });

  it('leaves a flat image, black and white too, as it is, with the derivative of a mean', async () => {
    for (const level of [0, 0.5, 1]) {
      const flat = float32(new Float32Array(height * width).fill(level), [1, 1, height, width]);
      const ones = new Float32Array(height * width).fill(1);
      const found = await throughStage('totalVariation', {}, flat, ones);
      expect(farthest(found.image, flat.data as Float32Array)).toBeLessThan(1e-7);
      expect(farthest(found.gradient, ones)).toBeLessThan(1e-5);
    }
  });

  it.each([1, 2, 7, 20])('after %i steps is where the algorithm is in float64', async (steps) => {
    const found = await denoised(0.1, steps);
    expect(farthest(found.data, fastGradientProjection(x, 0.1, steps).data)).toBeLessThan(1e-6);
  });

  it('has the gradient of its steps, as differences in float64 show', async () => {
    const [weight, steps, h] = [0.1, 12, 1e-7];
    const random = seededRandom(7);
    const cotangent = Float32Array.from({ length: height * width }, () => random.normal());
    const { gradient } = await throughStage('totalVariation', { weight, steps }, image, cotangent);
    for (let trial = 0; trial < 8; trial++) {
      const direction = Float64Array.from(x.data, () => random.normal());
      const valueAt = (step: number): number => {
        const data = x.data.map((value, place) => value + step * (direction[place] ?? 0));
        const moved = fastGradientProjection({ ...x, data }, weight, steps);
        return moved.data.reduce((sum, value, place) => sum + value * (cotangent[place] ?? 0), 0);
      };
      const slope = (valueAt(h) - valueAt(-h)) / (2 * h);
      const product = gradient.reduce((sum, value, place) => sum + value * (direction[place] ?? 0), 0);
      expect(product).toBeCloseTo(slope, 4);
    }
  });

  it('passes gradients on unchanged with the backward pass "identity"', async () => {
    const random = seededRandom(1);
    const cotangent = Float32Array.from({ length: height * width }, () => random.normal());
    const plain = await throughStage('totalVariation', {}, image, cotangent);
    const found = await throughStage('totalVariation', { backward: 'identity' }, image, cotangent);
    expect(found.image).toEqual(plain.image);
    expect(found.gradient).toEqual(cotangent);
    expect(farthest(plain.gradient, cotangent)).toBeGreaterThan(0.1);
  });
});
