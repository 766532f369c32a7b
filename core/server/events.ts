import { randomBytes } from 'node:crypto';
import { type TrackedEnvelope, tracked } from '@trpc/server';
import type { JobEvent } from '../protocol/jobs.ts';

/** Events that are kept for those who come back. */
const keptEvents = 2000;

/** A listener that does not read is sent away at this many; it can come back with the id of the last one it got. */
const mostWaiting = 5000;

interface Entry {
  readonly number: number;
  readonly event: JobEvent;
}

/** What happened, in order, for any number of listeners; one that lost its connection goes on after the last event it saw. */
export class EventLog {
  /** Ids of another server's life are recognised by it. */
  readonly #life = randomBytes(4).toString('hex');
  readonly #entries: Entry[] = [];
  readonly #listeners = new Set<(entry: Entry) => void>();
  #next = 1;

  emit(event: JobEvent): void {
    const entry = { number: this.#next++, event };
    this.#entries.push(entry);
    if (this.#entries.length > keptEvents) this.#entries.shift();
    for (const listener of this.#listeners) listener(entry);
  }

  /** From the event after `lastEventId`, or from now on, until `signal` aborts. */
  async *follow(
    lastEventId: string | undefined,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<TrackedEnvelope<JobEvent>, void> {
    const waiting: Entry[] = [];
    let wake = (): void => undefined;
    const listener = (entry: Entry): void => {
      waiting.push(entry);
      wake();
    };
    const stop = (): void => wake();
    const isOver = (): boolean => signal?.aborted === true;
    this.#listeners.add(listener);
    signal?.addEventListener('abort', stop);
    try {
      yield* this.#missed(lastEventId);
      while (!isOver() && waiting.length < mostWaiting) {
        const entry = waiting.shift();
        if (entry !== undefined) yield this.#tracked(entry);
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      this.#listeners.delete(listener);
      signal?.removeEventListener('abort', stop);
    }
  }

  /** What came after an id; `missed` where that is no longer known. */
  #missed(lastEventId: string | undefined): TrackedEnvelope<JobEvent>[] {
    if (lastEventId === undefined) return [];
    const [life, text = ''] = lastEventId.split('-');
    const last = Number(text);
    const first = this.#entries[0]?.number ?? this.#next;
    const known = life === this.#life && Number.isInteger(last) && last >= first - 1 && last < this.#next;
    if (!known) return [this.#tracked({ number: this.#next - 1, event: { kind: 'missed' } })];
    return this.#entries.filter(({ number }) => number > last).map((entry) => this.#tracked(entry));
  }

  #tracked({ number, event }: Entry): TrackedEnvelope<JobEvent> {
    return tracked(`${this.#life}-${number}`, event);
  }
}
