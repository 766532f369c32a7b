import type { Random } from '../../base/random.ts';
import { square } from './arithmetic.ts';

/** Red, green, blue in [0, 1]. */
export type Colour = readonly [red: number, green: number, blue: number];

/** Of hue (in turns), saturation and value. */
export function hsv(hue: number, saturation: number, value: number): Colour {
  // Each channel is a trapezoid over the hue circle, a third of a turn apart.
  const channel = (shift: number): number => {
    const sixth = (hue * 6 + shift) % 6;
    return value * (1 - saturation * Math.max(0, Math.min(1, sixth, 4 - sixth)));
  };
  return [channel(5), channel(3), channel(1)];
}

export const distance = (a: Colour, b: Colour): number =>
  Math.sqrt(square(a[0] - b[0]) + square(a[1] - b[1]) + square(a[2] - b[2]));

/** Tries before the farthest colour found is taken. */
const attempts = 40;

/** A colour at least `apart` (in RGB) from `others`, or the farthest of many tries. */
export function colourAwayFrom(random: Random, others: readonly Colour[], apart: number): Colour {
  let best: Colour = [0, 0, 0];
  let bestDistance = -1;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const candidate = hsv(random.uniform(), 0.1 + 0.85 * random.uniform(), 0.15 + 0.85 * random.uniform());
    const nearest = others.reduce((least, other) => Math.min(least, distance(candidate, other)), 2);
    if (nearest >= apart) return candidate;
    if (nearest > bestDistance) [best, bestDistance] = [candidate, nearest];
  }
  return best;
}
