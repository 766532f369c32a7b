/** Promises by key, the least recently used forgotten first; a failure is not kept. */
export class Cache<Value> {
  readonly #entries = new Map<string, Promise<Value>>();
  readonly #greatest: number;

  constructor(greatest: number) {
    this.#greatest = greatest;
  }

  get(key: string, load: () => Promise<Value>): Promise<Value> {
    const entry = this.#entries.get(key) ?? load();
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    entry.catch(() => this.#entries.delete(key));
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.#greatest && oldest !== undefined) this.#entries.delete(oldest);
    return entry;
  }

  forget(key: string): void {
    this.#entries.delete(key);
  }
}
