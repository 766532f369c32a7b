import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { MethodBench } from './methodNames.ts';
import type { Question } from './programs.ts';

export interface PeerRequest {
  readonly net: string;
  readonly batch: number;
  readonly what: Question | MethodBench['what'];
  readonly repeats: number;
  readonly warmup?: number;
  /** Batch norms folded into the convolutions, which PyTorch does not do by itself. */
  readonly folded?: boolean;
}

/** Milliseconds of each repetition, and the most memory that the process has held so far. */
export interface Answer {
  readonly ms: number[];
  readonly peakMb: number;
}

/** A process that measures, one request at a time: PyTorch's side, or ours. */
export interface Peer {
  readonly torch: string;
  readonly threads: number;
  /** Milliseconds of each repetition. */
  measure(request: PeerRequest): Promise<number[]>;
  answer(request: PeerRequest): Promise<Answer>;
  close(): Promise<void>;
}

const helloSchema = z.object({ torch: z.string(), threads: z.number() });
const answerSchema = z.union([
  z.object({ ms: z.array(z.number()), peakMb: z.number() }),
  z.object({ error: z.string() }),
]);

/** The Python to ask: LOUPE_PYTHON, the checkout's own environment, or the system's. */
export function pythonPath(): string {
  const own = fileURLToPath(new URL('../../.venv/bin/python', import.meta.url));
  return process.env['LOUPE_PYTHON'] ?? (existsSync(own) ? own : 'python3');
}

/** Starts PyTorch's side; undefined where there is no Python or no PyTorch. */
export async function startPeer(threads: number, python = pythonPath()): Promise<Peer | undefined> {
  const script = fileURLToPath(new URL('peer.py', import.meta.url));
  return startSide(python, [script, '--threads', String(threads)]);
}

/** Starts a program that answers JSON requests line by line, after a first line that says what it is; undefined if it ends before that. */
export async function startSide(program: string, args: readonly string[]): Promise<Peer | undefined> {
  const child = spawn(program, args, { stdio: 'pipe' });
  const complaints = lastOf(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('close', () => resolve());
  });
  // A process that has gone says so through the missing answer; writing to it must not throw as well.
  child.stdin.on('error', () => undefined);

  const first = await Promise.race([lines.next(), ended.then(() => undefined)]);
  if (first === undefined || first.done === true) return undefined;
  const { torch, threads: used } = helloSchema.parse(JSON.parse(first.value));
  const answer = async (request: PeerRequest): Promise<Answer> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const line = await lines.next();
    if (line.done === true) throw new Error(`The measuring process ended: ${complaints()}`);
    const found = answerSchema.parse(JSON.parse(line.value));
    if ('error' in found)
      throw new Error(`${request.what} of ${request.net} was not measured: ${found.error}`);
    return found;
  };
  return {
    torch,
    threads: used,
    answer,
    measure: async (request) => (await answer(request)).ms,
    close: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

/** Collects what the process says on its error stream; returns the last line of it. */
function lastOf(child: ChildProcessWithoutNullStreams): () => string {
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-4000);
  });
  return () => text.trim().split('\n').at(-1) ?? '';
}
