import path from 'node:path';
import { LoupeError, messageOf } from '../../base/errors.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { TrainingEvent } from '../../protocol/training.ts';
import type { TrainingConfig } from '../../training/config.ts';
import { rankOf } from '../../training/endOfEpoch.ts';
import type { TrainingState } from '../../training/state.ts';
import { train } from '../../training/trainer.ts';
import { writeFileAtomically } from '../atomic.ts';
import { curveFilesOf } from './curves.ts';
import { exportModel, trainedValues } from './exportModel.ts';
import { TrainingFolder } from './folder.ts';
import {
  type DataHooks,
  type Prepared,
  type TrainingParts,
  prepareTraining,
  trainingData,
} from './prepare.ts';

export interface TrainingRequest extends DataHooks {
  readonly config: TrainingConfig;
  readonly runtime: Runtime;
  /** The folder of the training; one that was interrupted there goes on. */
  readonly out: string;
  /** Seconds between two checkpoints within an epoch; 30 unless told. */
  readonly checkpointSeconds?: number;
  readonly onEvent?: (event: TrainingEvent) => void;
}

export interface Trained {
  /** The exported model and what lies beside it. */
  readonly files: readonly string[];
  /** That of the exported model: its last epoch is the one that was exported. */
  readonly state: TrainingState;
  /** Index of the restart that was kept. */
  readonly restart: number;
}

interface Run {
  readonly restart: number;
  readonly prepared: Prepared;
  readonly folder: TrainingFolder;
  /** What is exported if this run is the best. */
  readonly state: TrainingState;
  readonly rank: number;
}

/**
 * Trains as a configuration says and writes checkpoints, log, curves and the model of the best epoch, or of the last one where no examples
 * are held back. Killed at any moment and called again, it goes on from its last checkpoint and ends with the same weights.
 *
 * @throws LoupeError mismatch where the folder holds another training; nonFinite, cancelled: what was reached is kept.
 */
export async function runTraining(request: TrainingRequest): Promise<Trained> {
  const { config, out } = request;
  const parts = await trainingData(config, request);
  let best: Run | undefined;
  for (let restart = 0; restart < config.restarts; restart++) {
    const run = await oneRun(request, parts, restart);
    if (best === undefined || run.rank > best.rank) best = run;
  }
  if (best === undefined) throw new LoupeError('internal', 'Nothing was trained.');
  const { prepared, folder, state, restart } = best;
  const files = await exportModel(
    out,
    prepared.built,
    prepared.card,
    trainedValues(prepared.setup.problem, state),
  );
  for (const { file, content } of await curveFilesOf(await folder.events(), prepared.card.name ?? '')) {
    await writeFileAtomically(path.join(out, file), content);
    files.push(path.join(out, file));
  }
  return { files, state, restart };
}

/** Trains from the initial parameters of one restart. */
async function oneRun(request: TrainingRequest, parts: TrainingParts, restart: number): Promise<Run> {
  const { config, out } = request;
  const prepared = prepareTraining(config, parts, config.seed + restart);
  const inside = config.restarts === 1 ? out : path.join(out, `restart-${restart}`);
  const folder = new TrainingFolder(inside, prepared.setup.problem, prepared.identity);
  const resume = await folder.resume();
  await writeFileAtomically(path.join(out, 'config.json'), `${JSON.stringify(config, undefined, 2)}\n`);
  const last = await oneTraining(request, prepared, folder, resume);
  const state = parts.validation === undefined ? last : ((await folder.best()) ?? last);
  const record = state.epochs.at(-1);
  return {
    restart,
    prepared,
    folder,
    state,
    rank: record === undefined ? Number.NEGATIVE_INFINITY : rankOf(record),
  };
}

async function oneTraining(
  { runtime, signal, onEvent, checkpointSeconds = 30 }: TrainingRequest,
  { setup }: Prepared,
  folder: TrainingFolder,
  resume: TrainingState | undefined,
): Promise<TrainingState> {
  const tell = (event: TrainingEvent): void => {
    folder.log(event);
    onEvent?.(event);
  };
  const steps = train({ ...setup, runtime, resume, ...(signal === undefined ? {} : { signal }) });
  let keptAt = performance.now();
  let last = resume;
  try {
    for (;;) {
      const told = await steps.next();
      if (told.done === true) {
        await folder.keep(told.value);
        return told.value;
      }
      const { event, state } = told.value;
      // A first checkpoint makes the folder, which the log needs.
      if (event.kind === 'started' && resume === undefined) await folder.keep(state);
      tell(event);
      last = state;
      const endsEpoch = event.kind === 'epoch';
      if (endsEpoch && event.best) await folder.keepBest(state);
      if (!endsEpoch && performance.now() - keptAt < checkpointSeconds * 1000) continue;
      const file = await folder.keep(state);
      keptAt = performance.now();
      tell({ kind: 'checkpoint', step: state.step, file: path.basename(file) });
    }
  } catch (error) {
    throw await afterFailure(error, folder, last);
  }
}

/** Keeps what was reached when somebody cancels, and says where the last good state lies. */
async function afterFailure(
  error: unknown,
  folder: TrainingFolder,
  last: TrainingState | undefined,
): Promise<unknown> {
  if (!(error instanceof LoupeError)) return error;
  if (error.code === 'cancelled' && last !== undefined) await folder.keep(last);
  if (error.code !== 'nonFinite') return error;
  return new LoupeError('nonFinite', `${messageOf(error)} The last good checkpoint is in ${folder.path}.`, {
    cause: error,
  });
}
