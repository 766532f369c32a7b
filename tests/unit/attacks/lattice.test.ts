import { describe, expect, it } from 'vitest';
import { normsBetween } from '../../../core/attacks/shared/ball.ts';
import { quantised, requireLattice } from '../../../core/attacks/shared/lattice.ts';
import { normals, seededRandom } from '../../../core/base/random.ts';
import { type Tensor, floatsOf, tensor } from '../../../core/base/tensor.ts';

const images = (values: readonly number[]): Tensor =>
  tensor('float32', Float32Array.from(values), [1, 1, 1, values.length]);

const levelsOf = (values: Tensor): number[] => [...floatsOf(values)].map((value) => 255 * value);

const rounded = (values: Tensor): number[] => levelsOf(values).map(Math.round);

describe('rounding an adversarial image to 8 bits', () => {
  const original = images([10 / 255, 128 / 255, 0, 1]);

  it('takes the nearest level where there is no budget', () => {
    const found = quantised(images([12.4 / 255, 120.6 / 255, 0.3 / 255, 0.905]), original, undefined);
    expect(rounded(found)).toEqual([12, 121, 0, 231]);
    expect([...floatsOf(found)]).toEqual(rounded(found).map((level) => Math.fround(level / 255)));
  });

  it('stays within the levels that an L∞ ball holds, where rounding would leave it', () => {
    // 0.1 and 0.3 lie between levels, and rounding up goes beyond them: 25.5 → 26, 76.5 → 77.
    for (const epsilon of [0.1, 0.3]) {
      const attacked = images([10 / 255 + epsilon, 128 / 255 - epsilon, epsilon, 1 - epsilon]);
      const found = quantised(attacked, original, { norm: 'linf', epsilon });
      const most = Math.floor(255 * epsilon);
      expect(rounded(found)).toEqual([10 + most, 128 - most, most, 255 - most]);
      expect(normsBetween(floatsOf(found), floatsOf(original)).linf).toBeLessThanOrEqual(epsilon);
    }
  });

  it('keeps all of a budget of whole levels, and nothing of a budget below one', () => {
    const attacked = images([18 / 255, 120 / 255, 8 / 255, 247 / 255]);
    const whole = quantised(attacked, original, { norm: 'linf', epsilon: 8 / 255 });
    expect(rounded(whole)).toEqual([18, 120, 8, 247]);
    const small = quantised(images([10.9 / 255, 127.1 / 255, 0, 1]), original, {
      norm: 'linf',
      epsilon: 0.99 / 255,
    });
    expect([...floatsOf(small)]).toEqual([...floatsOf(original)]);
  });

  it('takes back the roundings that cost most where an L2 ball is left, and no more of them than needed', () => {
    // Levels moved: 2.5, 1.5 and 0.5 round up; their squares rise by 2.75, 1.75 and 0.75 (9 + 4 + 1 = 14 of 8.75).
    const base = images([100 / 255, 100 / 255, 100 / 255]);
    const attacked = images([102.5000001 / 255, 101.5000001 / 255, 100.5000001 / 255]);
    const at = (squares: number): number[] =>
      rounded(quantised(attacked, base, { norm: 'l2', epsilon: Math.sqrt(squares) / 255 })).map(
        (level) => level - 100,
      );
    expect(at(14)).toEqual([3, 2, 1]);
    expect(at(13.9)).toEqual([2, 2, 1]);
    expect(at(8.9)).toEqual([2, 1, 1]);
    expect(at(5.9)).toEqual([2, 1, 0]);
  });

  it('ends inside every L2 ball that the image was in', () => {
    for (let seed = 0; seed < 20; seed++) {
      const random = seededRandom(seed);
      const start = images(Array.from({ length: 300 }, () => random.integer(256) / 255));
      const direction = normals(random, 300);
      const epsilon = 0.01 * (1 + seed);
      const factor = epsilon / Math.hypot(...direction);
      const moved = images([...floatsOf(start)].map((value, i) => value + factor * (direction[i] ?? 0)));
      const inBox = images([...floatsOf(moved)].map((value) => Math.min(1, Math.max(0, value))));
      const found = quantised(inBox, start, { norm: 'l2', epsilon });
      expect(normsBetween(floatsOf(found), floatsOf(start)).l2).toBeLessThanOrEqual(epsilon + 1e-6);
      expect(() => {
        requireLattice(found);
      }).not.toThrow();
    }
  });
});

describe('images that are attacked', () => {
  it('must be pixels of 8-bit pictures', () => {
    expect(() => {
      requireLattice(images([0, 1 / 255, 0.5003, 1]));
    }).toThrow(
      /^Expected pixels of 8-bit pictures, .* for an attack but received 0\.50\d* at element 2\. Round/,
    );
    for (const strange of [-1 / 255, 256 / 255, Number.NaN]) {
      expect(() => {
        requireLattice(images([0, strange]));
      }).toThrow(/at element 1/);
    }
  });
});
