import { LoupeError } from '../../base/errors.ts';

/** What an example asked for and waits for. */
interface Waiting<Q, A> {
  readonly question: Q;
  readonly answer: (value: A) => void;
  readonly fail: (reason: unknown) => void;
}

/**
 * Lets independent searches, one an example, ask one program together: a search that asks waits until all others have asked too or
 * have ended, then one run of a batch answers them all.
 */
export class Lockstep<Q, A> {
  readonly #waiting = new Map<number, Waiting<Q, A>>();
  #running = 0;
  #wake: () => void = () => undefined;

  /** Asks for example `at`; called by its search, once at a time. */
  async ask(at: number, question: Q): Promise<A> {
    return new Promise((answer, fail) => {
      this.#waiting.set(at, { question, answer, fail });
      this.#wake();
    });
  }

  /**
   * Runs `searches` to their ends. `answerAll` gets the questions by example and returns the answers; yields after each run.
   * What a search or `answerAll` throws is thrown here.
   */
  async *run(
    searches: ReadonlyMap<number, () => Promise<void>>,
    answerAll: (questions: ReadonlyMap<number, Q>) => Promise<ReadonlyMap<number, A>>,
  ): AsyncGenerator<number, void> {
    this.#running = searches.size;
    const failures: unknown[] = [];
    const tasks = [...searches.values()].map(async (search) => {
      try {
        await search();
      } catch (error) {
        failures.push(error);
      } finally {
        this.#running--;
        this.#wake();
      }
    });
    try {
      for (let round = 1; this.#running > 0; round++) {
        await this.#allAsked();
        if (this.#waiting.size === 0) break;
        await this.#answer(answerAll);
        yield round;
      }
    } finally {
      // Searches that still wait when somebody cancels must not wait for ever.
      for (const { fail } of this.#waiting.values())
        fail(new LoupeError('cancelled', 'The search was stopped.'));
      this.#waiting.clear();
    }
    await Promise.all(tasks);
    if (failures.length > 0) throw failures[0];
  }

  async #allAsked(): Promise<void> {
    while (this.#waiting.size < this.#running) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async #answer(
    answerAll: (questions: ReadonlyMap<number, Q>) => Promise<ReadonlyMap<number, A>>,
  ): Promise<void> {
    const asked = new Map(this.#waiting);
    const answers = await answerAll(new Map([...asked].map(([at, { question }]) => [at, question])));
    this.#waiting.clear();
    for (const [at, { answer, fail }] of asked) {
      const value = answers.get(at);
      if (value === undefined) fail(new LoupeError('internal', `There is no answer for example ${at}.`));
      else answer(value);
    }
  }
}
