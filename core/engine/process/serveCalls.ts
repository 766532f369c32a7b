import { LoupeError, messageOf } from '../../base/errors.ts';
import type { Calls } from './calls.ts';
import type { CallHooks, CallName, FromEngine, ToEngine } from './messages.ts';

/** Answers the calls that come from the parent process until the connection ends, and the process with it. */
export function serveCalls(calls: Calls): void {
  const running = new Map<number, AbortController>();
  const send = (message: FromEngine): void => {
    if (process.connected) process.send?.(message);
  };
  process.on('message', (message: ToEngine) => {
    if (message.kind === 'cancel') running.get(message.id)?.abort();
    else void answer(message);
  });
  process.once('disconnect', () => process.exit(0));
  // The terminal sends Ctrl-C to both; the parent decides when this one ends.
  process.on('SIGINT', () => undefined);

  const answer = async ({ id, name, input }: Extract<ToEngine, { kind: 'call' }>): Promise<void> => {
    const controller = new AbortController();
    running.set(id, controller);
    const hooks: CallHooks = {
      signal: controller.signal,
      onProgress: (progress, blobs) => send({ kind: 'progress', id, progress, blobs }),
    };
    try {
      send({ kind: 'answer', id, value: await invoke(calls, name, input, hooks) });
    } catch (error) {
      const code = error instanceof LoupeError ? error.code : 'internal';
      send({ kind: 'refused', id, code, message: messageOf(error) });
    } finally {
      running.delete(id);
    }
  };
  send({ kind: 'ready' });
}

/** The parent is the same program, so the input is of the call's type. */
function invoke(calls: Calls, name: CallName, input: unknown, hooks: CallHooks): unknown {
  const call = calls[name] as (given: unknown, hooks: CallHooks) => unknown;
  return call(input, hooks);
}
