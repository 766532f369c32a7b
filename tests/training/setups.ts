import { LoupeError } from '../../core/base/errors.ts';
import { augmentationSchema } from '../../core/data/augmentation/schema.ts';
import { splitDataSet } from '../../core/data/dataSet.ts';
import { relu } from '../../core/nn/layers/activation.ts';
import { chain, named } from '../../core/nn/layers/composition.ts';
import { conv } from '../../core/nn/layers/convolution.ts';
import { dropout, flatten, linear } from '../../core/nn/layers/linear.ts';
import { batchNorm } from '../../core/nn/layers/normalization.ts';
import { maxPool } from '../../core/nn/layers/pooling.ts';
import type { TrainingEvent } from '../../core/protocol/training.ts';
import type { Runtime } from '../../core/runtime/runtime.ts';
import { chosen } from '../../core/training/config.ts';
import { valueExamples } from '../../core/training/examples.ts';
import { imageExamples } from '../../core/training/imageExamples.ts';
import type { Problem } from '../../core/training/problem.ts';
import * as schedules from '../../core/training/schedules/index.ts';
import type { TrainingSetup } from '../../core/training/setup.ts';
import type { TrainingState } from '../../core/training/state.ts';
import { type Told, train } from '../../core/training/trainer.ts';
import { drawn, trainableFrom } from './networks.ts';
import { type ProblemChoices, problemOf } from './problem.ts';
import { stripes } from './stripes.ts';

/** A training with plain settings: a constant learning rate, four epochs, nothing held back. */
export function setupOf(
  runtime: Runtime,
  problem: Problem,
  more: Partial<TrainingSetup> & Pick<TrainingSetup, 'training'>,
): TrainingSetup {
  return {
    runtime,
    problem,
    validation: undefined,
    schedule: chosen(schedules, { id: 'constant', params: {} }, 'schedule'),
    learningRate: 0.1,
    warmupEpochs: 0,
    epochs: 4,
    batchSize: 8,
    seed: 1,
    adversarial: undefined,
    patience: undefined,
    healthEvery: 0,
    resume: undefined,
    ...more,
  };
}

/** Striped pictures, a small convolutional network, and everything on that draws random numbers or remembers. */
export function everythingOn(runtime: Runtime, more: Partial<TrainingSetup> = {}): TrainingSetup {
  const seed = more.seed ?? 1;
  const layer = chain(
    named('conv', conv(3, 3, { padding: 1, bias: false })),
    named('norm', batchNorm()),
    relu,
    maxPool(2),
    dropout(0.2),
    flatten,
    named('head', linear(2)),
  );
  const problem = problemOf(trainableFrom(layer, [1, 8, 8], seed), 2, {
    optimizerParams: { momentum: 0.9, weightDecay: 1e-3 },
    averageDecay: 0.8,
    clipNorm: 1,
  });
  const { training, validation } = splitDataSet(stripes(44), { fraction: 0.25 }, 1);
  const augmentation = augmentationSchema.parse({ crop: 1, flip: true, rotation: 10, mixup: 0.5 });
  return setupOf(runtime, problem, {
    training: imageExamples(training, { seed, outputs: 2, augmentation }),
    validation: imageExamples(validation, { seed, outputs: 2 }),
    schedule: chosen(schedules, { id: 'plateau', params: { patience: 1, factor: 0.5 } }, 'schedule'),
    adversarial: { epsilon: 0.05, steps: 1, randomStart: true },
    warmupEpochs: 1,
    epochs: 3,
    healthEvery: 3,
    ...more,
  });
}

const weights = Float32Array.of(1.5, -2, 0.5, 0.25);

/** 32 rows of three numbers and what a linear function makes of them, with noise of this deviation. */
export function linearRegression(
  runtime: Runtime,
  noise: number,
  choices: ProblemChoices = {},
): TrainingSetup {
  const inputs = drawn(32 * 3, 6);
  const errors = drawn(32, 7, noise);
  const targets = errors.map((error, row) =>
    weights.reduce((sum, weight, at) => sum + weight * (at < 3 ? (inputs[3 * row + at] ?? 0) : 1), error),
  );
  const layer = chain(flatten, named('head', linear(1)));
  const problem = problemOf(trainableFrom(layer, [3, 1, 1]), 1, { loss: 'meanSquaredError', ...choices });
  return setupOf(runtime, problem, {
    training: valueExamples(inputs, targets, { width: 3, outputs: 1 }),
    batchSize: 32,
  });
}

/** The least squares of `linearRegression` by the normal equations in double precision: weights, bias, and the loss there. */
export function leastSquares({ training }: TrainingSetup): { theta: number[]; loss: number } {
  const { length } = training;
  const [images, targets] = [new Float32Array(3 * length), new Float32Array(length)];
  training.write({
    indices: Int32Array.from({ length }, (_, row) => row),
    epoch: undefined,
    images,
    targets,
  });
  const rows = Array.from({ length }, (_, row) => [...images.subarray(3 * row, 3 * row + 3), 1]);
  const sumOver = (of: (row: readonly number[], index: number) => number): number =>
    rows.reduce((sum, row, index) => sum + of(row, index), 0);
  const system = [0, 1, 2, 3].map((i) => [
    ...[0, 1, 2, 3].map((j) => sumOver((row) => (row[i] ?? 0) * (row[j] ?? 0))),
    sumOver((row, index) => (row[i] ?? 0) * (targets[index] ?? 0)),
  ]);
  const theta = solved(system);
  const loss =
    sumOver(
      (row, index) => (row.reduce((sum, x, i) => sum + x * (theta[i] ?? 0), 0) - (targets[index] ?? 0)) ** 2,
    ) / length;
  return { theta, loss };
}

/** The solution of [A | b], A positive definite, by elimination (Gauss and Jordan). */
function solved(system: readonly (readonly number[])[]): number[] {
  const rows = system.map((row) => [...row]);
  rows.forEach((pivot, at) => {
    const scale = pivot[at] ?? 1;
    pivot.forEach((value, column) => {
      pivot[column] = value / scale;
    });
    rows.forEach((row, other) => {
      const factor = other === at ? 0 : (row[at] ?? 0);
      row.forEach((value, column) => {
        row[column] = value - factor * (pivot[column] ?? 0);
      });
    });
  });
  return rows.map((row) => row.at(-1) ?? Number.NaN);
}

export interface Finished {
  readonly told: readonly Told[];
  readonly state: TrainingState;
}

/** Trains to the end. */
export async function trained(setup: TrainingSetup): Promise<Finished> {
  const told: Told[] = [];
  const steps = train(setup);
  for (;;) {
    const next = await steps.next();
    if (next.done === true) return { told, state: next.value };
    told.push(next.value);
  }
}

/** What a training told, and the error that ended it. */
export async function failed(setup: TrainingSetup): Promise<{ told: readonly Told[]; error: LoupeError }> {
  const told: Told[] = [];
  try {
    for await (const each of train(setup)) told.push(each);
  } catch (error) {
    if (error instanceof LoupeError) return { told, error };
    throw error;
  }
  throw new Error('The training ended without an error.');
}

/** Events of one kind. */
export function eventsOf<Kind extends TrainingEvent['kind']>(
  told: readonly Told[],
  kind: Kind,
): Extract<TrainingEvent, { kind: Kind }>[] {
  return told.flatMap(({ event }) =>
    event.kind === kind ? [event as Extract<TrainingEvent, { kind: Kind }>] : [],
  );
}
