import { LoupeError } from './errors.ts';

/** A map of one number a pixel. */
export interface ValueMap {
  readonly width: number;
  readonly height: number;
  /** width · height numbers, row by row. */
  readonly values: Float32Array;
  /** Whether negative numbers mean something. */
  readonly signed: boolean;
}

/** How numbers became colours; kept in the recipe beside the picture. */
export interface MapScale {
  /** The numbers at the two ends of the colour map: [−limit, limit] if signed, [0, limit] if not. */
  readonly low: number;
  readonly high: number;
  /** Numbers beyond the ends, drawn in the colour of the end. */
  readonly beyond: number;
  /** NaN and infinite numbers, drawn as a magenta chequer. */
  readonly nonFinite: number;
}

/** The share of magnitudes inside the colour map: single extreme pixels do not bleach the rest. */
const robustShare = 0.995;

/**
 * Finds the ends of the colour map: symmetric about zero for signed maps. The limit is the 99.5th percentile of
 * the magnitudes, or their maximum where more than 99.5 % are zero; 0 where all are.
 */
export function scaleOf(map: ValueMap, limit = robustLimit(map)): MapScale {
  if (map.values.length !== map.width * map.height) {
    throw new LoupeError(
      'internal',
      `A map of ${map.width}x${map.height} pixels cannot hold ${map.values.length} values.`,
    );
  }
  let [beyond, nonFinite] = [0, 0];
  for (const value of map.values) {
    if (!Number.isFinite(value)) nonFinite++;
    else if (magnitude(value, map.signed) > limit) beyond++;
  }
  return { low: map.signed ? -limit : 0, high: limit, beyond, nonFinite };
}

/** The value's place on the colour map, in [0, 1]; the middle (or the beginning) for a map of zeros. */
export function positionOf(value: number, { low, high }: MapScale): number {
  return high === low ? (low === 0 ? 0 : 0.5) : (value - low) / (high - low);
}

/** The level in [0, 255] of a value in a picture whose mid-grey is zero; beyond it for what lies beyond the ends. */
export function levelAbout(value: number, scale: MapScale): number {
  return scale.high === 0 ? 128 : positionOf(value, scale) * 255;
}

/** What counts against the limit: unsigned maps are drawn from zero up, so negative numbers have no extent. */
function magnitude(value: number, signed: boolean): number {
  return signed ? Math.abs(value) : Math.max(0, value);
}

/** Percentile with linear interpolation, as numpy.percentile. */
function robustLimit({ values, signed }: ValueMap): number {
  const sorted = values
    .filter((value) => Number.isFinite(value))
    .map((value) => magnitude(value, signed))
    .sort();
  const place = (sorted.length - 1) * robustShare;
  const [below, above] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0];
  const percentile = below + (above - below) * (place - Math.floor(place));
  return percentile > 0 ? percentile : (sorted.at(-1) ?? 0);
}
