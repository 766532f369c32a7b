import { describe, expect, it } from 'vitest';
import {
  autoRange,
  extent,
  figureRange,
  histogramOf,
  percentileRange,
  symmetricRange,
} from '../../../renderer/viewer/range.ts';

const ramp = Float32Array.from({ length: 101 }, (_, index) => index - 20);

describe('the range of a map', () => {
  it('counts every finite value once', () => {
    const values = Float32Array.from([0, 0.5, 1, 1, Number.NaN, Number.POSITIVE_INFINITY]);
    const { counts, ...rest } = histogramOf(values, 2);
    expect([...counts]).toEqual([1, 3]);
    expect(rest).toEqual({ low: 0, high: 1, nonFinite: 2 });
  });

  it('puts a constant map into the first bin', () => {
    expect([...histogramOf(Float32Array.from([3, 3, 3]), 4).counts]).toEqual([3, 0, 0, 0]);
  });

  it('interpolates percentiles as numpy does', () => {
    // numpy.percentile([1, 2, 4, 8], [10, 90]) = [1.3, 6.8]
    const range = percentileRange(Float32Array.from([8, 1, 4, 2]), 10, 90);
    expect(range.low).toBeCloseTo(1.3, 6);
    expect(range.high).toBeCloseTo(6.8, 6);
  });

  it('widens to the extent where the percentiles fall together', () => {
    const sparse = new Float32Array(1000);
    sparse[7] = 5;
    expect(percentileRange(sparse, 1, 99)).toEqual({ low: 0, high: 5 });
  });

  it('is chosen by Auto between 1 and 99 %, and narrower every time it is pressed again', () => {
    expect(autoRange(ramp, false)).toEqual({ low: -19, high: 79 });
    expect(autoRange(ramp, false, 1)).toEqual({ low: -18, high: 78 });
    expect(autoRange(ramp, false, 2)).toEqual({ low: -16, high: 76 });
    expect(autoRange(ramp, true)).toEqual({ low: -79, high: 79 });
  });

  it('is symmetric by the greater magnitude', () => {
    expect(symmetricRange({ low: -3, high: 2 })).toEqual({ low: -3, high: 3 });
  });

  it('is that of the exported figure at first, and never empty', () => {
    const plane = { width: 101, height: 1, values: ramp };
    expect(figureRange(plane, true).low).toBe(-figureRange(plane, true).high);
    expect(figureRange(plane, false).low).toBe(0);
    expect(figureRange({ width: 2, height: 1, values: new Float32Array(2) }, false)).toEqual({
      low: 0,
      high: 1,
    });
  });

  it('ignores what is no number', () => {
    expect(extent(Float32Array.from([Number.NaN, 2, Number.NEGATIVE_INFINITY, -1]))).toEqual({
      low: -1,
      high: 2,
    });
    expect(extent(Float32Array.from([Number.NaN]))).toEqual({ low: 0, high: 0 });
  });
});
