/** `0.3` where two digits behind the point say it all, `8/255` for other levels of 8-bit pictures, else three digits. */
export function epsilonText(epsilon: number): string {
  const level = Math.round(epsilon * 255);
  const isLevel = level > 0 && Math.abs(epsilon * 255 - level) < 1e-6 * level;
  const isShort = Math.abs(epsilon - Number(epsilon.toFixed(2))) < 1e-9;
  return isLevel && !isShort ? `${level}/255` : String(Number(epsilon.toPrecision(3)));
}

/** `43 %`, with a digit behind the point where it tells something. */
export const percentText = (share: number): string => `${Number((100 * share).toFixed(1))} %`;

/** `1 picture`, `2 pictures`. */
export const picturesText = (count: number): string => `${count} picture${count === 1 ? '' : 's'}`;
