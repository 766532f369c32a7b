import { describe, expect, it } from 'vitest';
import { LoupeError } from '../../../core/base/errors.ts';
import type { CallHooks, FinishedRun } from '../../../core/engine/process/messages.ts';
import type { JobEvent } from '../../../core/protocol/jobs.ts';
import { BlobStore } from '../../../core/server/blobs.ts';
import { EventLog } from '../../../core/server/events.ts';
import { JobQueue } from '../../../core/server/jobs.ts';

const run = 'a'.repeat(64);
const finished = { info: { id: run } } as FinishedRun;

/** Work that ends when the test says so, or when it is cancelled. */
function controlled() {
  let end: (outcome: FinishedRun | Error) => void = () => undefined;
  let hooks: CallHooks | undefined;
  const work = (given: CallHooks): Promise<FinishedRun> => {
    hooks = given;
    return new Promise((resolve, reject) => {
      end = (outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome));
      given.signal.addEventListener('abort', () => reject(new LoupeError('cancelled', 'Cancelled.')));
    });
  };
  return { work, end: (outcome: FinishedRun | Error) => end(outcome), hooks: () => hooks };
}

function queueWithLog() {
  const told: string[] = [];
  const events = new EventLog();
  const emit = events.emit.bind(events);
  events.emit = (event: JobEvent) => {
    told.push('job' in event ? `${event.kind} ${event.job.title}` : event.kind);
    emit(event);
  };
  const blobs = new BlobStore();
  return { queue: new JobQueue(events, blobs), told, blobs };
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

describe('the queue of jobs', () => {
  it('runs one after another, whatever becomes of each', async () => {
    const { queue, told } = queueWithLog();
    const [a, b] = [controlled(), controlled()];
    queue.add({ title: 'a', work: a.work });
    queue.add({ title: 'b', work: b.work });
    await turn();
    expect(queue.list().map(({ state }) => state)).toEqual(['running', 'queued']);
    a.end(new LoupeError('badArgument', 'There is no such layer.'));
    await turn();
    b.end(finished);
    await turn();
    expect(told).toEqual([
      'jobQueued a',
      'jobQueued b',
      'jobStarted a',
      'jobFailed a',
      'jobStarted b',
      'jobFinished b',
    ]);
    expect(queue.list()).toMatchObject([
      { state: 'failed', error: { code: 'badArgument', message: 'There is no such layer.' } },
      { state: 'finished', run, progress: { done: 1, total: 1 } },
    ]);
  });

  it('keeps how far a job is and what it looks like', async () => {
    const { queue, told, blobs } = queueWithLog();
    const a = controlled();
    queue.add({ title: 'a', work: a.work });
    await turn();
    const content = new TextEncoder().encode('abc');
    a.hooks()?.onProgress({ done: 3, total: 9, what: 'step 3' }, [{ mediaType: 'image/png', content }]);
    expect(queue.list()[0]?.progress).toEqual({ done: 3, total: 9, what: 'step 3' });
    expect(told.at(-1)).toBe('jobProgress');
    const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(blobs.get(sha256)).toEqual({ mediaType: 'image/png', content });
    a.end(finished);
  });

  it('cancels what waits at once and what runs by asking it', async () => {
    const { queue, told } = queueWithLog();
    const [a, b] = [controlled(), controlled()];
    const running = queue.add({ title: 'a', work: a.work });
    const waiting = queue.add({ title: 'b', work: b.work });
    await turn();
    expect(queue.cancel(waiting.id).state).toBe('cancelled');
    expect(queue.cancel(running.id)).toMatchObject({ state: 'running', cancelling: true });
    await turn();
    expect(queue.cancel(running.id).state).toBe('cancelled');
    expect(told.slice(2)).toEqual(['jobStarted a', 'jobCancelled b', 'jobCancelling a', 'jobCancelled a']);
    expect(b.hooks()).toBeUndefined();
    expect(() => queue.cancel('nobody')).toThrow('There is no job nobody.');
  });
});

describe('blobs in memory', () => {
  it('make room for newer ones, and a file may lie in several places', () => {
    const blobs = new BlobStore(10);
    for (const name of ['a', 'b', 'c']) blobs.addContent(name, new Uint8Array(4), 'image/png');
    expect(['a', 'b', 'c'].map((name) => blobs.get(name) !== undefined)).toEqual([false, true, true]);
    blobs.addFile('d', '/one', 'image/png');
    blobs.addFile('d', '/two', 'image/png');
    expect(blobs.get('d')).toEqual({ mediaType: 'image/png', files: ['/one', '/two'] });
  });
});
