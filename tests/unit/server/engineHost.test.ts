import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { EngineHost, type EngineHostOptions } from '../../../core/server/engine/host.ts';

const entry = join(import.meta.dirname, 'fakeEngine.js');
let host: EngineHost;
const restarts: string[] = [];

function start(options: Partial<EngineHostOptions> = {}): EngineHost {
  restarts.length = 0;
  host = new EngineHost({
    entry,
    graceMilliseconds: 200,
    onRestart: (reason) => restarts.push(reason),
    ...options,
  });
  return host;
}

afterEach(() => host.close());

const open = (path: string, options = {}) => host.call('openModel', { path }, options);
const once = { again: false };

describe('the engine process', () => {
  it('answers calls, also those that were made before it was there', async () => {
    start();
    expect(await Promise.all([open('answer'), open('answer')])).toMatchObject([
      { echoed: { path: 'answer' } },
      { echoed: { path: 'answer' } },
    ]);
  });

  it('passes refusals and progress on', async () => {
    start();
    await expect(open('refuse')).rejects.toMatchObject({ code: 'badFile', message: 'It is no model.' });
    const told: string[] = [];
    await open('progress', { onProgress: ({ what }: { what: string }) => told.push(what) });
    expect(told).toEqual(['half']);
  });

  it.each([
    ['crash', 'it ended with code 3. It was started again.'],
    ['abort', 'it crashed (SIGABRT). It was started again.'],
    ['memory', 'it ran out of memory. It was started again.'],
  ])('fails a call in which it dies (%s) with a sentence, and is there for the next', async (path, why) => {
    start();
    await expect(open(path, once)).rejects.toMatchObject({
      code: 'engineEnded',
      message: `The engine ended in the middle of this: ${why}`,
    });
    expect(await open('answer')).toMatchObject({ id: 'm' });
    expect(restarts).toHaveLength(1);
  });

  it('is asked again what it did not answer because of another call', async () => {
    start();
    const bystander = open('wait');
    await expect(open('crash', once)).rejects.toMatchObject({ code: 'engineEnded' });
    // The new one waits too; a second death is the end of it.
    await expect(open('crash', once)).rejects.toMatchObject({ code: 'engineEnded' });
    await expect(bystander).rejects.toMatchObject({ code: 'engineEnded' });
  });

  it('stops a call that listens, and is killed in one that does not', async () => {
    start();
    const polite = new AbortController();
    await open('answer');
    const waiting = open('wait', { ...once, signal: polite.signal });
    const before = host.pid;
    setTimeout(() => polite.abort(), 50);
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    expect(host.pid).toBe(before);
    const rude = new AbortController();
    const blocked = open('block', { ...once, signal: rude.signal });
    const asked = performance.now();
    rude.abort();
    await expect(blocked).rejects.toMatchObject({ code: 'cancelled' });
    expect(performance.now() - asked).toBeGreaterThan(150);
    expect(restarts).toEqual(['a cancelled job did not stop by itself']);
    expect(await open('answer')).toMatchObject({ id: 'm' });
    expect(host.pid).not.toBe(before);
  });

  it('refuses a call that was cancelled before it was made', async () => {
    start();
    await expect(open('answer', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

describe('an engine that does not go on', () => {
  it('gives up when it cannot start, says why, and tries again when somebody asks', async () => {
    start({ args: ['--broken'] });
    const hopeless = {
      code: 'engineEnded',
      message:
        'The engine cannot be started: it ended with code 1. Its last words: Error: the library is missing',
    };
    await expect(open('answer')).rejects.toMatchObject(hopeless);
    expect(host.pid).toBeUndefined();
    expect(restarts).toHaveLength(2);
    await expect(open('answer', once)).rejects.toMatchObject(hopeless);
    expect(restarts).toHaveLength(4);
  });

  it('drops a call that is cancelled before the engine has it', async () => {
    start();
    const controller = new AbortController();
    const waiting = open('block', { ...once, signal: controller.signal });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    expect(await open('answer')).toMatchObject({ id: 'm' });
    expect(restarts).toEqual([]);
  });

  it('fails what runs when it is closed', async () => {
    start();
    await open('answer');
    const waiting = open('wait');
    await host.close();
    await expect(waiting).rejects.toThrow('Loupe is closing');
    await expect(open('answer')).rejects.toThrow('Loupe is closing');
  });
});
