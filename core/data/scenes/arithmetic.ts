/*
 * A scene has to be the same on every machine. Sums, products and square roots are; sines and powers may differ between engines in
 * the last digit, and so the edge of a shape could.
 */

export const square = (value: number): number => value * value;

/** sin 2πt, by its Taylor series on a quarter turn, within 1e-9. */
export function sineOfTurns(turns: number): number {
  // Into (-1/2, 1/2], then by symmetry into [-1/4, 1/4].
  let part = turns - Math.round(turns);
  if (part > 0.25) part = 0.5 - part;
  if (part < -0.25) part = -0.5 - part;
  const x = part * 6.283185307179586;
  const squared = x * x;
  let sum = 0;
  for (let order = 15; order >= 3; order -= 2) sum = (-squared / (order * (order - 1))) * (1 + sum);
  return x * (1 + sum);
}

export const cosineOfTurns = (turns: number): number => sineOfTurns(turns + 0.25);
