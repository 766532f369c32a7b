import { appendFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileExists, readBytes, unwritable } from '../../base/files.ts';
import { type TrainingEvent, trainingEventSchema } from '../../protocol/training.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../training/checkpoint.ts';
import type { TrainingIdentity } from '../../training/identity.ts';
import type { Problem } from '../../training/problem.ts';
import type { TrainingState } from '../../training/state.ts';
import { writeFileAtomically } from '../atomic.ts';

const [lastFile, bestFile, logFile] = ['last.safetensors', 'best.safetensors', 'log.jsonl'] as const;

/** Where a training keeps its checkpoints and its log. */
export class TrainingFolder {
  readonly path: string;
  readonly #problem: Problem;
  readonly #identity: TrainingIdentity;

  constructor(folder: string, problem: Problem, identity: TrainingIdentity) {
    this.path = folder;
    this.#problem = problem;
    this.#identity = identity;
  }

  /**
   * The state to go on from, if a training of the same configuration and data was interrupted here; its log is cut to that moment. Where
   * there is none, a log that lies there is of no training that goes on, and is removed.
   *
   * @throws LoupeError mismatch where the folder holds another training.
   */
  async resume(): Promise<TrainingState | undefined> {
    const state = await this.#read(lastFile);
    if (state === undefined) {
      if (await fileExists(this.#at(logFile))) await rm(this.#at(logFile));
      return undefined;
    }
    const events = await this.#events();
    const later = events.findIndex((event) => isAfter(event, state));
    const kept = (later < 0 ? events : events.slice(0, later)).filter(({ kind }) => kind !== 'ended');
    await writeFileAtomically(this.#at(logFile), kept.map((event) => `${JSON.stringify(event)}\n`).join(''));
    return state;
  }

  async keep(state: TrainingState): Promise<string> {
    return this.#write(lastFile, state);
  }

  async keepBest(state: TrainingState): Promise<string> {
    return this.#write(bestFile, state);
  }

  /** The state of the best epoch. */
  async best(): Promise<TrainingState | undefined> {
    return this.#read(bestFile);
  }

  log(event: TrainingEvent): void {
    try {
      appendFileSync(this.#at(logFile), `${JSON.stringify(event)}\n`);
    } catch (error) {
      throw unwritable(this.#at(logFile), 'log of the training', error);
    }
  }

  /** Everything that the training told so far. */
  async events(): Promise<TrainingEvent[]> {
    return this.#events();
  }

  async #events(): Promise<TrainingEvent[]> {
    if (!(await fileExists(this.#at(logFile)))) return [];
    const lines = (await readFile(this.#at(logFile), 'utf8')).split('\n').filter((line) => line !== '');
    // A kill may have cut the last line off.
    return lines.flatMap((line) => {
      const parsed = trainingEventSchema.safeParse(parsedJson(line));
      return parsed.success ? [parsed.data] : [];
    });
  }

  async #write(file: string, state: TrainingState): Promise<string> {
    await writeFileAtomically(this.#at(file), encodeCheckpoint(this.#problem, state, this.#identity));
    return this.#at(file);
  }

  async #read(file: string): Promise<TrainingState | undefined> {
    const name = this.#at(file);
    if (!(await fileExists(name))) return undefined;
    const bytes = await readBytes(name, 'checkpoint');
    return decodeCheckpoint(this.#problem, bytes, { name, identity: this.#identity });
  }

  #at(file: string): string {
    return path.join(this.path, file);
  }
}

/** Whether an event tells of what a state does not hold yet. */
function isAfter(event: TrainingEvent, { step, epochs }: TrainingState): boolean {
  if (event.kind === 'epoch' || event.kind === 'mistakes') return event.epoch > epochs.length;
  return 'step' in event && event.step > step;
}

function parsedJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
