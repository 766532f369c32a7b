import { type Random, seededRandom } from '../base/random.ts';

/** A bijection of 32-bit integers that changes half of the bits (Wellons 2018, "lowbias32"). */
function scrambled(value: number): number {
  let mixed = value >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x7feb352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/**
 * A 32-bit seed from several integers in order. For given others, different values of the last one give different seeds, so that no
 * two examples of an epoch share theirs.
 */
export function seedOf(...parts: readonly number[]): number {
  // The number of parts, so that leading zeros count.
  let seed = parts.length;
  for (const part of parts) seed = scrambled((scrambled(seed) + part) >>> 0);
  return seed;
}

/** A generator that depends on nothing but `parts`. */
export const randomOf = (...parts: readonly number[]): Random => seededRandom(seedOf(...parts));

/** Brings `values` into random order, in place (Fisher and Yates; Durstenfeld 1964). */
export function shuffle<T extends Int32Array | number[]>(values: T, random: Random): T {
  for (let last = values.length - 1; last > 0; last--) {
    const other = random.integer(last + 1);
    const kept = values[last] ?? 0;
    values[last] = values[other] ?? 0;
    values[other] = kept;
  }
  return values;
}
