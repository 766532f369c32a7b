import { createHash } from 'node:crypto';
import { throwIfCancelled } from '../base/cancel.ts';
import { type Random, seededRandom } from '../base/random.ts';
import type { FittedPicture } from '../data/fit.ts';
import type { PictureFile } from '../data/picture.ts';
import type { Graph } from '../graph/ir.ts';
import { type Model, networkOf } from '../model/model.ts';
import type { Network } from '../model/network.ts';
import { peakBytes } from '../runtime/memory.ts';
import type { Program } from '../runtime/program.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** A picture of a run. */
export interface PictureInput {
  /** The whole picture. */
  readonly file: PictureFile;
  /** What the network sees of it. */
  readonly fitted: FittedPicture;
  /** The class that a person said is right. */
  readonly label: number | undefined;
}

export interface MethodContextOptions {
  readonly model: Model;
  readonly runtime: Runtime;
  /** Seed of every random number of the run; 0 unless told. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
  /** What one program may take; batches are sized by it. 1 GiB unless told. It is in the recipe, because sums depend on batches. */
  readonly memoryBytes?: number;
  /** Puts stages in front of the network (defences). */
  readonly stage?: (network: Network) => Network;
}

export const usualMemoryBytes = 2 ** 30;

/** What a run of any method works with: the network at any batch size, programs that are kept, seeded randomness, cancelling. */
export class MethodContext {
  readonly model: Model;
  readonly runtime: Runtime;
  readonly seed: number;
  readonly memoryBytes: number;
  readonly signal: AbortSignal | undefined;
  readonly #stage: (network: Network) => Network;
  readonly #networks = new Map<number, Network>();
  readonly #programs = new Map<string, Promise<Program>>();

  constructor(options: MethodContextOptions) {
    this.model = options.model;
    this.runtime = options.runtime;
    this.seed = options.seed ?? 0;
    this.memoryBytes = options.memoryBytes ?? usualMemoryBytes;
    this.signal = options.signal;
    this.#stage = options.stage ?? ((network) => network);
  }

  /** The network, behind its defences, at a batch size. */
  network(batch = 1): Network {
    const known = this.#networks.get(batch) ?? this.#stage(networkOf(this.model, batch));
    this.#networks.set(batch, known);
    return known;
  }

  /** The program under `key`, which must say everything that the graph depends on; emitted and compiled once. */
  async program(key: string, emit: () => Graph): Promise<Program> {
    const known = this.#programs.get(key) ?? this.runtime.compile(emit());
    this.#programs.set(key, known);
    return known;
  }

  /** A generator of its own for each purpose: what one part draws does not depend on what another did. */
  random(purpose: string): Random {
    const digest = createHash('sha256').update(`${this.seed}/${purpose}`).digest();
    return seededRandom(digest.readUInt32LE(0));
  }

  /** Throws if somebody cancelled; called between steps. */
  check(): void {
    throwIfCancelled(this.signal);
  }

  /** The largest batch up to `wanted` whose program stays within `memoryBytes`; 1 if none does. */
  batchFor(wanted: number, graphAt: (batch: number) => Graph): number {
    if (wanted <= 1) return 1;
    const one = peakBytes(graphAt(1));
    const perExample = Math.max(1, peakBytes(graphAt(2)) - one);
    return Math.max(1, Math.min(wanted, 1 + Math.floor((this.memoryBytes - one) / perExample)));
  }
}

/** Lets the event loop turn, so that a signal can arrive between two runs of a program (which block it). */
export async function breathe(context: Pick<MethodContext, 'check'>): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  context.check();
}

/** Runs a generator of progress to its end and returns its result; `onProgress` hears of every step. */
export async function drain<P, R>(
  generator: AsyncGenerator<P, R>,
  onProgress: (progress: P) => void = () => undefined,
): Promise<R> {
  for (;;) {
    const step = await generator.next();
    if (step.done === true) return step.value;
    onProgress(step.value);
  }
}
