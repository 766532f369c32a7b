/** Hands out names that are not taken. */
export class Names {
  readonly #taken: Set<string>;
  readonly #counters = new Map<string, number>();

  constructor(taken: Iterable<string> = []) {
    this.#taken = new Set(taken);
  }

  /** `hint`, or `hint#2`, `hint#3` …; it is taken from now on. */
  unique(hint: string): string {
    let name = hint;
    while (this.#taken.has(name)) {
      const count = (this.#counters.get(hint) ?? 1) + 1;
      this.#counters.set(hint, count);
      name = `${hint}#${count}`;
    }
    this.#taken.add(name);
    return name;
  }
}
