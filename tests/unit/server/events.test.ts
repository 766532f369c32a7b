import { describe, expect, it } from 'vitest';
import type { JobEvent } from '../../../core/protocol/jobs.ts';
import { EventLog } from '../../../core/server/events.ts';

const message = (sentence: string): JobEvent => ({ kind: 'message', level: 'note', sentence });

interface Seen {
  readonly id: string;
  readonly text: string;
}

/** Takes `count` events and leaves, as a page does that loses its socket. */
async function take(log: EventLog, count: number, lastEventId?: string): Promise<Seen[]> {
  const controller = new AbortController();
  const seen: Seen[] = [];
  for await (const [id, event] of log.follow(lastEventId, controller.signal)) {
    seen.push({ id, text: event.kind === 'message' ? event.sentence : event.kind });
    if (seen.length === count) controller.abort();
  }
  return seen;
}

const texts = (seen: readonly Seen[]): string[] => seen.map(({ text }) => text);

describe('events', () => {
  it('come to every listener in order, from when it began to listen', async () => {
    const log = new EventLog();
    log.emit(message('before'));
    const both = Promise.all([take(log, 2), take(log, 2)]);
    log.emit(message('one'));
    log.emit(message('two'));
    log.emit(message('three'));
    expect((await both).map(texts)).toEqual([
      ['one', 'two'],
      ['one', 'two'],
    ]);
  });

  it('go on after the last one that a lost listener saw, without a gap and without a repetition', async () => {
    const log = new EventLog();
    const first = take(log, 1);
    log.emit(message('one'));
    const [seen] = await first;
    log.emit(message('two'));
    log.emit(message('three'));
    const rest = take(log, 3, seen?.id);
    log.emit(message('four'));
    expect(texts(await rest)).toEqual(['two', 'three', 'four']);
  });

  it('say that some were missed, when they are no longer kept or are of another server', async () => {
    const log = new EventLog();
    const first = take(log, 1);
    log.emit(message('one'));
    const [seen] = await first;
    for (let count = 0; count < 2500; count++) log.emit(message(String(count)));
    expect(texts(await take(log, 1, seen?.id))).toEqual(['missed']);
    expect(texts(await take(log, 1, 'another-1'))).toEqual(['missed']);
    expect(texts(await take(log, 1, 'nonsense'))).toEqual(['missed']);
    const [missed] = await take(log, 1, 'another-1');
    const next = take(log, 1, missed?.id);
    log.emit(message('after'));
    expect(texts(await next)).toEqual(['after']);
  });
});
