import { LoupeError } from '../../base/errors.ts';
import type { CallHooks, CallName, FromEngine, InputOf, OutputOf } from '../../engine/process/messages.ts';
import { EngineChild, type EngineEnd, type EngineProgram, reasonOf } from './child.ts';

export interface EngineHostOptions extends EngineProgram {
  /** Hears of every engine that died, and that a new one is there. */
  readonly onRestart?: (reason: string) => void;
  /** How long a cancelled call may go on before the process is killed; two seconds unless told. */
  readonly graceMilliseconds?: number;
}

export interface CallOptions extends Partial<CallHooks> {
  /** Whether the call is made again, once, when the engine dies in the middle of it. */
  readonly again?: boolean;
}

interface Pending {
  readonly id: number;
  readonly name: CallName;
  readonly input: unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: LoupeError) => void;
  readonly onProgress: CallHooks['onProgress'] | undefined;
  /** How often it may still be made again. */
  again: number;
  /** Whether the present engine has it. */
  sent: boolean;
  /** Set when the call was cancelled: the kill that follows if it does not stop. */
  kill?: NodeJS.Timeout;
}

/** Engines that die this often in a row before they are ready are not started again until somebody asks for something. */
const hopeless = 3;

/**
 * The engine process and the calls to it. When it dies, what ran in it fails with a sentence or, where that is harmless, is asked
 * again of a new one.
 */
export class EngineHost {
  readonly #options: EngineHostOptions;
  readonly #pending = new Map<number, Pending>();
  #child: EngineChild | undefined;
  #ready = false;
  #nextId = 1;
  #failedStarts = 0;
  #closed = false;

  constructor(options: EngineHostOptions) {
    this.#options = options;
    this.#child = this.#start();
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** @throws LoupeError of the engine; `engineEnded` if it died; `cancelled` if `signal` did. */
  async call<Name extends CallName>(
    name: Name,
    input: InputOf<Name>,
    { signal, onProgress, again = true }: CallOptions = {},
  ): Promise<OutputOf<Name>> {
    if (this.#closed) throw ended('Loupe is closing');
    if (signal?.aborted === true) throw cancelled();
    const id = this.#nextId++;
    const value = await new Promise<unknown>((resolve, reject) => {
      const call: Pending = {
        id,
        name,
        input,
        resolve,
        reject,
        onProgress,
        again: again ? 1 : 0,
        sent: false,
      };
      this.#pending.set(id, call);
      signal?.addEventListener('abort', () => this.#cancel(call), { once: true });
      if (this.#child === undefined) {
        this.#failedStarts = 0;
        this.#child = this.#start();
      }
      this.#send(call);
    });
    // The engine is the same program, so the answer is of the call's type.
    return value as OutputOf<Name>;
  }

  /** Ends the engine; what runs in it fails. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#child?.close();
  }

  #start(): EngineChild {
    return new EngineChild(this.#options, {
      onMessage: (message) => this.#receive(message),
      onEnd: (end) => this.#ended(end),
    });
  }

  /** Calls wait until the engine has said that it listens. */
  #send(call: Pending): void {
    if (!this.#ready) return;
    const { id, name, input } = call;
    call.sent = true;
    this.#child?.send({ kind: 'call', id, name, input });
  }

  #cancel(call: Pending): void {
    if (!this.#pending.has(call.id)) return;
    if (!call.sent) {
      this.#settle(call);
      call.reject(cancelled());
      return;
    }
    this.#child?.send({ kind: 'cancel', id: call.id });
    call.kill = setTimeout(() => this.#child?.kill(), this.#options.graceMilliseconds ?? 2000);
  }

  #receive(message: FromEngine): void {
    if (message.kind === 'ready') {
      this.#failedStarts = 0;
      this.#ready = true;
      for (const call of this.#pending.values()) this.#send(call);
      return;
    }
    const call = this.#pending.get(message.id);
    if (call === undefined) return;
    if (message.kind === 'progress') {
      call.onProgress?.(message.progress, message.blobs);
      return;
    }
    this.#settle(call);
    if (message.kind === 'answer') call.resolve(message.value);
    else call.reject(new LoupeError(message.code, message.message));
  }

  #settle(call: Pending): void {
    clearTimeout(call.kill);
    this.#pending.delete(call.id);
  }

  #ended(end: EngineEnd): void {
    this.#child = undefined;
    this.#ready = false;
    this.#failedStarts++;
    const killed = [...this.#pending.values()].some(({ kill }) => kill !== undefined);
    const reason = killed ? 'a cancelled job did not stop by itself' : reasonOf(end);
    const lasting = !this.#closed && this.#failedStarts < hopeless;
    for (const call of this.#pending.values()) {
      const error = this.#fateOf(call, lasting, reason, end);
      if (error === undefined) {
        call.again -= call.sent ? 1 : 0;
        call.sent = false;
      } else {
        this.#settle(call);
        call.reject(error);
      }
    }
    if (!lasting) return;
    this.#child = this.#start();
    this.#options.onRestart?.(reason);
  }

  /** Why a call fails with the engine that had it, or undefined if the next engine gets it. */
  #fateOf(call: Pending, lasting: boolean, reason: string, { lastWords }: EngineEnd): LoupeError | undefined {
    if (call.kill !== undefined) return cancelled();
    if (this.#closed) return ended('Loupe is closing');
    if (!lasting)
      return new LoupeError(
        'engineEnded',
        `The engine cannot be started: ${reason}. Its last words: ${lastLine(lastWords)}`,
      );
    if (!call.sent || call.again > 0) return undefined;
    return ended(`${reason}. It was started again`);
  }
}

const cancelled = (): LoupeError => new LoupeError('cancelled', 'Cancelled.');

const ended = (reason: string): LoupeError =>
  new LoupeError('engineEnded', `The engine ended in the middle of this: ${reason}.`);

const lastLine = (text: string): string =>
  text
    .trim()
    .split('\n')
    .findLast((line) => /\S/.test(line)) ?? '';
