/**
 * Central difference of fourth order: with f′(0)·h ≈ Σ weight·f(offset·h), the truncation error is
 * h⁴f⁽⁵⁾/30 (Abramowitz and Stegun 25.3.6).
 */
export const stencil: readonly { readonly offset: number; readonly weight: number }[] = [
  { offset: -2, weight: 1 / 12 },
  { offset: -1, weight: -8 / 12 },
  { offset: 1, weight: 8 / 12 },
  { offset: 2, weight: -1 / 12 },
];

/** Root mean square; 0 for no values. */
export function rootMeanSquare(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += (values[index] ?? 0) ** 2;
  return values.length === 0 ? 0 : Math.sqrt(sum / values.length);
}

/** Inner product, summed in double precision. */
export function innerProduct(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return sum;
}

/** x + scale·u, rounded to float32. */
export function moved(x: Float32Array, u: Float32Array, scale: number): Float32Array {
  return x.map((value, index) => value + scale * (u[index] ?? 0));
}
