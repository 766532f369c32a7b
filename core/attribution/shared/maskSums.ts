import { tensor } from '../../base/tensor.ts';
import type { Fact } from '../../protocol/results.ts';
import type { Attribution } from '../define.ts';

/** Sums over masks at each pixel, in float64. */
export class MaskSums {
  readonly #height: number;
  readonly #width: number;
  readonly #probability: number;
  readonly #first: Float64Array;
  readonly #second: Float64Array;
  #count = 0;
  #scores = 0;

  constructor(height: number, width: number, probability: number) {
    this.#height = height;
    this.#width = width;
    this.#probability = probability;
    this.#first = new Float64Array(2 * height * width);
    this.#second = new Float64Array(3 * height * width);
  }

  add(scores: Float32Array, first: Float32Array, second: Float32Array): void {
    this.#count += scores.length;
    for (const score of scores) this.#scores += score;
    for (let at = 0; at < first.length; at++) this.#first[at] = (this.#first[at] ?? 0) + (first[at] ?? 0);
    for (let at = 0; at < second.length; at++) this.#second[at] = (this.#second[at] ?? 0) + (second[at] ?? 0);
  }

  /** Eq. 6, and as its map the same less the mean score: what showing a pixel changes. Without that a map is nearly one colour. */
  attribution(): Attribution {
    const plane = this.#height * this.#width;
    const [first, mean] = [this.#first, this.#mean()];
    const scale = 1 / (this.#count * this.#probability);
    const sums = Float32Array.from({ length: plane }, (_, at) => (first[at] ?? 0) * scale);
    // Σ (s − mean) M rather than Σ s M − N p · mean: how often a pixel happened to be shown cancels out.
    const changes = Float32Array.from(
      { length: plane },
      (_, at) => ((first[at] ?? 0) - mean * (first[plane + at] ?? 0)) * scale,
    );
    const dims = [this.#height, this.#width];
    return {
      attribution: tensor('float32', sums, [1, ...dims]),
      map: tensor('float32', changes, dims),
      signed: true,
    };
  }

  facts(): Fact[] {
    return [
      { label: 'mean score', value: this.#mean() },
      { label: 'standard error of the map, mean over the pixels', value: this.#standardError() },
    ];
  }

  #mean(): number {
    return this.#scores / this.#count;
  }

  /** √(Var t/N) of t = (s − mean) M/p, whose mean the map is. */
  #standardError(): number {
    const plane = this.#height * this.#width;
    const [first, second, mean, count] = [this.#first, this.#second, this.#mean(), this.#count];
    let total = 0;
    for (let at = 0; at < plane; at++) {
      const sum = (first[at] ?? 0) - mean * (first[plane + at] ?? 0);
      const [square = 0, product = 0, shown = 0] = [0, 1, 2].map((power) => second[power * plane + at]);
      const squares = square - 2 * mean * product + mean ** 2 * shown;
      total += Math.sqrt(Math.max(0, squares - sum ** 2 / count));
    }
    const perMask = total / plane / this.#probability;
    return perMask / Math.sqrt(count * Math.max(1, count - 1));
  }
}
