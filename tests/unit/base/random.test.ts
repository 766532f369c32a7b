import { describe, expect, it } from 'vitest';
import { gaussianNoise, normals, seededRandom } from '../../../core/base/random.ts';

describe('the seeded generator', () => {
  it('gives the numbers that recipes were made with', () => {
    const random = seededRandom(1);
    const drawn = [random.uniform(), random.uniform(), random.normal(), random.integer(1000)];
    expect(drawn).toEqual([0.09156953264027834, 0.5061978038866073, -2.086604810008575, 434]);
  });

  it('does not see more of its seed than 32 bits', () => {
    expect(seededRandom(-1).uniform()).toBe(seededRandom(2 ** 32 - 1).uniform());
  });
});

describe.each([
  ['normals', normals],
  ['gaussianNoise', gaussianNoise],
] as const)('%s', (_, draw) => {
  const count = 200_000;
  const values = draw(seededRandom(7), count, 2);
  const momentOf = (power: number): number =>
    values.reduce((sum, value) => sum + (value / 2) ** power, 0) / count;

  it('has the moments of a normal distribution', () => {
    // Standard errors: 1, √2, √15 and √96 over √n.
    [0, 1, 0, 3].forEach((wanted, at) => {
      const error = [1, Math.SQRT2, Math.sqrt(15), Math.sqrt(96)][at] ?? 1;
      expect(Math.abs(momentOf(at + 1) - wanted)).toBeLessThan((5 * error) / Math.sqrt(count));
    });
  });

  it('has its quantiles', () => {
    const sorted = values.slice().sort();
    for (const [share, quantile] of [
      [0.001, -3.0902],
      [0.1, -1.2816],
      [0.5, 0],
      [0.975, 1.96],
    ] as const) {
      const density = Math.exp((-quantile * quantile) / 2) / Math.sqrt(2 * Math.PI);
      const error = Math.sqrt((share * (1 - share)) / count) / density;
      expect(Math.abs((sorted[Math.floor(share * count)] ?? 0) / 2 - quantile)).toBeLessThan(5 * error);
    }
  });

  it('has neighbours that know nothing of one another', () => {
    let product = 0;
    for (let at = 0; at + 1 < count; at++) product += ((values[at] ?? 0) * (values[at + 1] ?? 0)) / 4;
    expect(Math.abs(product / count)).toBeLessThan(5 / Math.sqrt(count));
  });

  it('is repeated by its seed and fills odd lengths', () => {
    expect(draw(seededRandom(3), 5)).toEqual(draw(seededRandom(3), 5));
    expect(draw(seededRandom(3), 5).every((value) => value !== 0)).toBe(true);
    expect(draw(seededRandom(4), 5)).not.toEqual(draw(seededRandom(3), 5));
  });
});
