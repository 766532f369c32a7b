import type { Tensor } from '../../base/tensor.ts';
import { isFooled, leadOf, topOf } from './verdict.ts';
import { copyOf, rowOf } from './rows.ts';
import type { AttackRun } from '../define.ts';

/** The best image of each example that an attack with a budget has come across: the one with the greatest lead. */
export class BestTries {
  /** [n, C, H, W]; the original where nothing was offered. */
  readonly images: Tensor;
  readonly #leads: Float64Array;
  readonly #fooled: boolean[];
  readonly #run: AttackRun;

  constructor(run: AttackRun) {
    this.#run = run;
    this.images = copyOf(run.images);
    this.#leads = new Float64Array(run.classes.length).fill(-Infinity);
    this.#fooled = run.classes.map(() => false);
  }

  /** Looks at `image` with its logits; keeps it if it is better. Returns its lead. */
  offer(row: number, image: Float32Array, logits: Float32Array): number {
    const { classes, targeted } = this.#run;
    const wanted = classes[row] ?? 0;
    const lead = leadOf(logits, wanted, targeted);
    if (lead > (this.#leads[row] ?? Infinity)) {
      this.#leads[row] = lead;
      this.#fooled[row] = isFooled(topOf(logits), wanted, targeted);
      rowOf(this.images, row).set(image);
    }
    return lead;
  }

  /** Those of `rows` for which nothing that fools the network has been found. */
  missing(rows: readonly number[]): number[] {
    return rows.filter((row) => this.#fooled[row] !== true);
  }
}

/** The smallest perturbation of each example that fools the network; for attacks without a budget. */
export class SmallestFound {
  readonly #norms: Float64Array;
  readonly #found: Tensor;
  readonly #leads: Float64Array;

  constructor(originals: Tensor) {
    const [count = 0] = originals.dims;
    this.#norms = new Float64Array(count).fill(Infinity);
    this.#leads = new Float64Array(count).fill(-Infinity);
    this.#found = copyOf(originals);
  }

  /** [n, C, H, W]; where nothing fooled the network, the image that came nearest to it. */
  get images(): Tensor {
    return this.#found;
  }

  /** ‖x′ − x‖₂ of the best, Infinity where there is none. */
  normOf(row: number): number {
    return this.#norms[row] ?? Infinity;
  }

  /** Looks at an image at the distance `norm` from its original, with its lead. */
  offer(row: number, image: Float32Array, { fooled, lead, norm }: Try): void {
    const better = fooled
      ? norm < this.normOf(row)
      : this.normOf(row) === Infinity && lead > (this.#leads[row] ?? Infinity);
    if (!better) return;
    if (fooled) this.#norms[row] = norm;
    this.#leads[row] = lead;
    rowOf(this.#found, row).set(image);
  }
}

export interface Try {
  readonly fooled: boolean;
  readonly lead: number;
  /** ‖x′ − x‖₂. */
  readonly norm: number;
}
