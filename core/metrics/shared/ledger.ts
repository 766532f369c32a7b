import { budgetTolerance } from '../../attacks/shared/ball.ts';
import { type Interval, clopperPearson } from '../../base/binomial.ts';
import type { Subject } from './subject.ts';

/** A share of pictures with its interval of 95 % confidence. */
export interface Share extends Interval {
  readonly count: number;
  readonly share: number;
}

export function shareOf(count: number, of: number): Share {
  return { count, share: count / of, ...clopperPearson(count, of) };
}

/**
 * Who fell to what, and how soon: of every series (an attack) and picture the least ε of the list at which it is known to fall, which
 * is 0 for pictures that are wrong before any attack, and Infinity for those that nothing has broken. A picture that falls at ε
 * lies in the larger balls too, so a share of robust pictures cannot rise with ε.
 */
export class Ledger {
  /** Increasing, each once. */
  readonly epsilons: readonly number[];
  readonly #subject: Subject;
  readonly #falls = new Map<string, Float64Array>();

  constructor(subject: Subject, epsilons: readonly number[]) {
    this.#subject = subject;
    this.epsilons = [...new Set(epsilons)].sort((a, b) => a - b);
  }

  get series(): readonly string[] {
    return [...this.#falls.keys()];
  }

  /** Pictures that the network has right and that `series` has not broken yet. */
  standing(series: string): number[] {
    return [...this.#fallsOf(series).entries()].filter(([, at]) => at === Infinity).map(([row]) => row);
  }

  /** A perturbation of `size` was found that fools the network about a picture. */
  record(series: string, row: number, size: number): void {
    const falls = this.#fallsOf(series);
    // Twice the tolerance that attacks have: a sum of float32 may lie just outside of its ball.
    const at = this.epsilons.find((epsilon) => epsilon > 0 && size <= epsilon + 2 * budgetTolerance);
    falls[row] = Math.min(falls[row] ?? Infinity, at ?? Infinity);
  }

  /** The least ε at which a picture falls to one series, or to any. */
  fallOf(row: number, series?: string): number {
    const among = series === undefined ? this.series : [series];
    const unbroken = this.#subject.right[row] === true ? Infinity : 0;
    return among.reduce((least, name) => Math.min(least, this.#fallsOf(name)[row] ?? Infinity), unbroken);
  }

  /** The series that break a picture at the least ε at which anything does. */
  breakersOf(row: number): string[] {
    const least = this.fallOf(row);
    return least === Infinity ? [] : this.series.filter((name) => this.fallOf(row, name) === least);
  }

  /** The share of pictures that are right and stay right at ε, against one series or all of them. */
  robust(epsilon: number, series?: string): Share {
    const { length } = this.#subject.right;
    const rows = Array.from({ length }, (_, row) => row);
    return shareOf(rows.filter((row) => this.fallOf(row, series) > epsilon).length, length);
  }

  #fallsOf(series: string): Float64Array {
    const known =
      this.#falls.get(series) ??
      Float64Array.from(this.#subject.right, (isRight) => (isRight ? Infinity : 0));
    this.#falls.set(series, known);
    return known;
  }
}
