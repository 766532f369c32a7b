import { scaleOf } from '../../core/base/mapScale.ts';
import type { Plane } from './layer.ts';

export interface Range {
  readonly low: number;
  readonly high: number;
}

export interface Histogram extends Range {
  /** How many values fall into each of the equal bins between `low` and `high`. */
  readonly counts: Uint32Array;
  /** NaN and infinite values; they are in no bin. */
  readonly nonFinite: number;
}

/** Least and greatest finite value; 0 to 0 where there is none. */
export function extent(values: Float32Array): Range {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low > high ? { low: 0, high: 0 } : { low, high };
}

/** Counts the finite values in `bins` equal bins over their extent. */
export function histogramOf(values: Float32Array, bins = 96): Histogram {
  const { low, high } = extent(values);
  const counts = new Uint32Array(bins);
  const perValue = high > low ? bins / (high - low) : 0;
  let nonFinite = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) {
      nonFinite++;
      continue;
    }
    const bin = Math.min(bins - 1, Math.floor((value - low) * perValue));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { low, high, counts, nonFinite };
}

/**
 * The range between two percentiles (0 to 100) of the finite values, with linear interpolation as numpy.percentile;
 * widened to the extent where both fall together.
 */
export function percentileRange(values: Float32Array, from: number, to: number): Range {
  const sorted = values.filter((value) => Number.isFinite(value)).sort();
  const range = { low: percentile(sorted, from), high: percentile(sorted, to) };
  return range.high > range.low ? range : extent(values);
}

function percentile(sorted: Float32Array, share: number): number {
  const place = ((sorted.length - 1) * share) / 100;
  const [below, above] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0];
  return below + (above - below) * (place - Math.floor(place));
}

/** What Auto chooses: 1-99 %, narrower with every repetition (2-98 %, 4-96 % …), symmetric about zero if asked. */
export function autoRange(values: Float32Array, symmetric: boolean, repetition = 0): Range {
  const cut = Math.min(40, 2 ** repetition);
  const range = percentileRange(values, cut, 100 - cut);
  return symmetric ? symmetricRange(range) : range;
}

export function symmetricRange({ low, high }: Range): Range {
  const limit = Math.max(Math.abs(low), Math.abs(high));
  return { low: -limit, high: limit };
}

/** The range that exported figures use: [−limit, limit] or [0, limit], the limit robust against single extreme pixels. */
export function figureRange(plane: Plane, signed: boolean): Range {
  const { low, high } = scaleOf({ ...plane, signed });
  return high > low ? { low, high } : { low, high: low + 1 };
}
