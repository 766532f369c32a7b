import { describe, expect, it } from 'vitest';
import { clopperPearson, upperTail } from '../../../core/base/binomial.ts';

describe('the interval of Clopper and Pearson', () => {
  it.each([
    // Newcombe 1998, Statistics in Medicine 17, table I, method 5 ("exact").
    [81, 263, 0.2527, 0.3676],
    [15, 148, 0.0578, 0.1617],
    [0, 20, 0, 0.1684],
    [1, 29, 0.0009, 0.1776],
  ])('of %i in %i is as published', (successes, trials, low, high) => {
    const found = clopperPearson(successes, trials);
    expect(found.low).toBeCloseTo(low, 4);
    expect(found.high).toBeCloseTo(high, 4);
  });

  it.each([
    // Quantiles of the beta distribution by SciPy 1.17.
    [1, 10, 0.95, 0.0025285785444617865, 0.4450161170281954],
    [990, 1000, 0.95, 0.9816867569448875, 0.9951944893089507],
    [1, 100_000, 0.95, 2.531780477933316e-7, 5.571516034774275e-5],
    [99_900, 100_000, 0.998, 0.998650992446753, 0.9992806886150025],
  ])(
    'of %i in %i at %f is that of the beta quantiles to twelve digits',
    (successes, trials, confidence, low, high) => {
      const found = clopperPearson(successes, trials, confidence);
      expect(Math.abs(found.low / low - 1)).toBeLessThan(1e-12);
      expect(Math.abs(found.high / high - 1)).toBeLessThan(1e-12);
    },
  );

  it('has closed forms where all or none succeed', () => {
    expect(clopperPearson(0, 29).low).toBe(0);
    expect(clopperPearson(0, 29).high).toBeCloseTo(1 - 0.025 ** (1 / 29), 12);
    expect(clopperPearson(29, 29).low).toBeCloseTo(0.025 ** (1 / 29), 12);
    expect(clopperPearson(29, 29).high).toBe(1);
  });

  it('covers every probability at least as often as it says', () => {
    const trials = 20;
    for (let p = 0.005; p < 1; p += 0.005) {
      let covered = 0;
      for (let successes = 0; successes <= trials; successes++) {
        const { low, high } = clopperPearson(successes, trials, 0.9);
        const mass = upperTail(successes, trials, p) - upperTail(successes + 1, trials, p);
        if (low <= p && p <= high) covered += mass;
      }
      expect(covered).toBeGreaterThanOrEqual(0.9);
    }
  });

  it('refuses what is no count in a sentence', () => {
    expect(() => clopperPearson(3, 2)).toThrow('Expected 0 to n successes of n ≥ 1 trials');
    expect(() => clopperPearson(0, 0)).toThrow('received 0 of 0');
    expect(() => clopperPearson(0.5, 2)).toThrow('received 0.5 of 2');
  });
});

describe('the tail of a binomial distribution', () => {
  it('is the sum of its terms', () => {
    expect(upperTail(3, 5, 0.5)).toBeCloseTo(16 / 32, 15);
    expect(upperTail(1, 4, 0.25)).toBeCloseTo(1 - 0.75 ** 4, 15);
    expect(upperTail(6, 5, 0.5)).toBe(0);
    expect([upperTail(1, 5, 0), upperTail(1, 5, 1), upperTail(0, 5, 0.3)]).toEqual([0, 1, 1]);
  });
});
