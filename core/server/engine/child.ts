import { type ChildProcess, fork } from 'node:child_process';
import { messageOf } from '../../base/errors.ts';
import type { FromEngine, ToEngine } from '../../engine/process/messages.ts';

export interface EngineProgram {
  /** The file that Node runs. */
  readonly entry: string;
  /** Flags of Node itself. */
  readonly execArgv?: readonly string[];
  /** `--device`, `--threads`. */
  readonly args?: readonly string[];
}

/** How an engine process ended. */
export interface EngineEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last of what it wrote to standard error. */
  readonly lastWords: string;
}

export interface ChildEvents {
  readonly onMessage: (message: FromEngine) => void;
  readonly onEnd: (end: EngineEnd) => void;
}

const lastWordsLength = 4000;

/** One engine process. It ends with this one: its connection closes, or it is killed when this process exits. */
export class EngineChild {
  readonly #child: ChildProcess;
  #lastWords = '';
  #ended = false;

  constructor({ entry, execArgv = [], args = [] }: EngineProgram, { onMessage, onEnd }: ChildEvents) {
    this.#child = fork(entry, [...args], {
      execArgv: [...execArgv],
      // Structured clone, so that arrays need no encoding.
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const kill = (): void => void this.#child.kill('SIGKILL');
    process.once('exit', kill);
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-lastWordsLength);
    });
    this.#child.on('message', (message) => onMessage(message as FromEngine));
    const end = (code: number | null, signal: NodeJS.Signals | null): void => {
      if (this.#ended) return;
      this.#ended = true;
      process.off('exit', kill);
      onEnd({ code, signal, lastWords: this.#lastWords });
    };
    this.#child.once('error', (error: Error) => {
      this.#lastWords += messageOf(error);
      end(null, null);
    });
    this.#child.once('close', end);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  send(message: ToEngine): void {
    if (!this.#child.connected) return;
    // A broken pipe is followed by the end of the process, which is dealt with.
    this.#child.send(message, () => undefined);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Ends it at once: nothing that it holds is worth waiting for. */
  async close(): Promise<void> {
    if (this.#ended) return;
    const ended = new Promise<void>((resolve) => {
      this.#child.once('close', () => resolve());
    });
    this.kill();
    await ended;
  }
}

const outOfMemory = /heap out of memory|bad_alloc|failed to allocate|ENOMEM|cannot allocate memory/i;

/** Why an engine process ended, as a part of a sentence. */
export function reasonOf({ code, signal, lastWords }: EngineEnd): string {
  if (outOfMemory.test(lastWords)) return 'it ran out of memory';
  if (signal === 'SIGKILL')
    return 'it was killed from outside, as systems do with a program that takes too much memory';
  if (signal !== null) return `it crashed (${signal})`;
  return code === null ? 'it could not be started' : `it ended with code ${code}`;
}
