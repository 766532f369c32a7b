/** e^(z − max) / Σ e^(z − max), in double precision. */
export function softmax(logits: Float32Array): Float64Array {
  const greatest = logits.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const powers = Float64Array.from(logits, (value) => Math.exp(value - greatest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

/** σ(z) of each, in double precision. */
export const sigmoids = (logits: Float32Array): Float64Array =>
  Float64Array.from(logits, (value) => 1 / (1 + Math.exp(-value)));

/** Index of the greatest; the first of equal ones, as ArgMax has it. */
export function indexOfGreatest(values: Float32Array): number {
  let top = 0;
  for (let index = 1; index < values.length; index++) {
    if ((values[index] ?? -Infinity) > (values[top] ?? -Infinity)) top = index;
  }
  return top;
}
