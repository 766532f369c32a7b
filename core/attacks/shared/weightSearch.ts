/**
 * Looks for the limit of a weight beyond which an attack works: the least one that does, or the greatest. It goes towards "works" by
 * factors of ten until something does, the other way while nothing fails, and halves the interval from then on.
 */
export class WeightSearch {
  #present: number;
  #works: number | undefined;
  #fails: number | undefined;
  readonly #wanted: 'least' | 'greatest';

  constructor(initial: number, wanted: 'least' | 'greatest') {
    this.#present = initial;
    this.#wanted = wanted;
  }

  /** The weight to try. */
  get present(): number {
    return this.#present;
  }

  /** Says whether the present weight worked, and chooses the next: in the geometric middle once both ends are known. */
  next(worked: boolean): void {
    if (worked) this.#works = this.#present;
    else this.#fails = this.#present;
    if (this.#works !== undefined && this.#fails !== undefined) {
      this.#present = Math.sqrt(this.#works * this.#fails);
      return;
    }
    const more = worked === (this.#wanted === 'greatest');
    this.#present *= more ? 10 : 0.1;
  }
}
