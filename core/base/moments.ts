/** Running mean and variance of arrays, an element at a time, in float64 (Welford 1962): no cancellation. */
export class Moments {
  readonly #mean: Float64Array;
  /** Sum of squared deviations from the mean. */
  readonly #squares: Float64Array;
  #count = 0;

  constructor(length: number) {
    this.#mean = new Float64Array(length);
    this.#squares = new Float64Array(length);
  }

  get count(): number {
    return this.#count;
  }

  add(values: Float32Array): void {
    this.#count++;
    const [mean, squares, share] = [this.#mean, this.#squares, 1 / this.#count];
    for (let at = 0; at < mean.length; at++) {
      const value = values[at] ?? Number.NaN;
      const before = mean[at] ?? 0;
      const after = before + (value - before) * share;
      mean[at] = after;
      squares[at] = (squares[at] ?? 0) + (value - before) * (value - after);
    }
  }

  mean(): Float32Array {
    return Float32Array.from(this.#mean);
  }

  /** Unbiased: divided by one less than the count; 0 of a single array. */
  variance(): Float32Array {
    const divisor = Math.max(1, this.#count - 1);
    return Float32Array.from(this.#squares, (sum) => sum / divisor);
  }
}
