/** The greatest distance of two rows of numbers; infinite if they differ in length, NaN if a number is missing. */
export function greatestDifference(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  if (found.length !== wanted.length) return Number.POSITIVE_INFINITY;
  return Array.from(found, (value, at) => Math.abs(value - (wanted[at] ?? NaN))).reduce(
    (greatest, difference) => Math.max(greatest, difference),
    0,
  );
}
