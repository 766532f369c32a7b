import path from 'node:path';
import { LoupeError, messageOf } from '../../base/errors.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { TrainingEvent } from '../../protocol/training.ts';
import type { TrainingConfig } from '../../training/config.ts';
import type { TrainingState } from '../../training/state.ts';
import { train } from '../../training/trainer.ts';
import { writeFileAtomically } from '../atomic.ts';
import { curveFilesOf } from './curves.ts';
import { exportModel, trainedValues } from './exportModel.ts';
import { TrainingFolder } from './folder.ts';
import { type DataHooks, type Prepared, prepareTraining, trainingData } from './prepare.ts';

export interface TrainingRequest extends DataHooks {
  readonly config: TrainingConfig;
  readonly runtime: Runtime;
  /** The folder of the training; one that was interrupted there goes on. */
  readonly out: string;
  readonly onEvent?: (event: TrainingEvent) => void;
}

export interface Trained {
  /** The exported model and what lies beside it. */
  readonly files: readonly string[];
  readonly state: TrainingState;
  /** Index of the restart that was kept. */
  readonly restart: number;
}

/** Seconds between two checkpoints within an epoch. */
const checkpointSeconds = 30;

/**
 * Trains as a configuration says and writes checkpoints, log, curves and the model of the best epoch. Killed at any moment and called
 * again, it goes on from its last checkpoint and ends with the same weights.
 */
export async function runTraining(request: TrainingRequest): Promise<Trained> {
  const { config, out } = request;
  const data = await trainingData(config, request);
  const runs: { prepared: Prepared; folder: TrainingFolder; state: TrainingState }[] = [];
  for (let restart = 0; restart < config.restarts; restart++) {
    const prepared = prepareTraining(config, data, config.seed + restart);
    const inside = config.restarts === 1 ? out : path.join(out, `restart-${restart}`);
    const folder = new TrainingFolder(inside, prepared.setup.problem, prepared.identity);
    const resume = await folder.resume();
    await writeFileAtomically(path.join(out, 'config.json'), `${JSON.stringify(config, undefined, 2)}\n`);
    runs.push({ prepared, folder, state: await oneTraining(request, prepared, folder, resume) });
  }
  const valueOf = ({ state }: (typeof runs)[number]): number => state.best?.value ?? Number.NEGATIVE_INFINITY;
  const restart = runs.reduce(
    (best, run, index) => (valueOf(run) > valueOf(runs[best] ?? run) ? index : best),
    0,
  );
  const chosen = runs[restart];
  if (chosen === undefined) throw new LoupeError('internal', 'Nothing was trained.');
  const { prepared, folder } = chosen;
  const state = (await folder.best()) ?? chosen.state;
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

async function oneTraining(
  { runtime, signal, onEvent }: TrainingRequest,
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
