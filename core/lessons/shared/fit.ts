import type { Tensor } from '../../base/tensor.ts';
import type { BuiltNetwork } from '../../nn/buildNetwork.ts';
import type { Progress } from '../../protocol/results.ts';
import { chosen } from '../../training/config.ts';
import type { Examples } from '../../training/examples.ts';
import { unpack } from '../../training/layout.ts';
import * as schedules from '../../training/schedules/index.ts';
import type { EpochRecord, TrainingState } from '../../training/state.ts';
import { train } from '../../training/trainer.ts';
import type { LessonRun } from '../define.ts';
import { type Choice, type ProblemQuestion, filled, problemOf } from './problem.ts';

export interface FitQuestion extends ProblemQuestion {
  readonly run: LessonRun;
  readonly training: Examples;
  /** Looked at after every epoch. */
  readonly validation?: Examples;
  readonly learningRate: number;
  /** The same rate all the time unless told. */
  readonly schedule?: Choice;
  readonly epochs: number;
  /** All examples unless told. */
  readonly batchSize?: number;
  /** What a person reads meanwhile. */
  readonly what: string;
  /** Which of how many trainings of the lesson this is. */
  readonly part?: readonly [index: number, count: number];
  /** Hears of the state after every step. */
  readonly onStep?: (state: TrainingState) => void;
}

/** A network that was trained. */
export interface Fit {
  readonly network: BuiltNetwork;
  /** Parameters and running statistics by name. */
  readonly values: ReadonlyMap<string, Tensor>;
  /** Mean loss of the batch before each step. */
  readonly losses: readonly number[];
  readonly epochs: readonly EpochRecord[];
}

/** Steps between two reports of progress. */
const stretch = 25;

/** Trains a network on the compiled core, as `loupe train` does, and tells how far it is. */
export async function* fit(question: FitQuestion): AsyncGenerator<Progress, Fit> {
  const { run, network, training, validation, learningRate, epochs, what, onStep } = question;
  const {
    batchSize = training.length,
    schedule = { id: 'constant' },
    part: [index, count] = [0, 1],
  } = question;
  const problem = problemOf(question);
  const total = Math.floor(training.length / batchSize) * epochs;
  const losses: number[] = [];
  const steps = train({
    runtime: run.runtime,
    problem,
    training,
    validation,
    schedule: chosen(schedules, filled(schedule), 'schedule'),
    learningRate,
    warmupEpochs: 0,
    epochs,
    batchSize,
    seed: run.seed,
    adversarial: undefined,
    patience: undefined,
    healthEvery: 0,
    resume: undefined,
    ...(run.signal === undefined ? {} : { signal: run.signal }),
  });
  for (;;) {
    const told = await steps.next();
    if (told.done === true) {
      const { parameters, buffers } = problem.trainable;
      const { theta, buffers: statistics, epochs: records } = told.value;
      const values = new Map([...unpack(parameters, theta), ...unpack(buffers, statistics)]);
      return { network, values, losses, epochs: records };
    }
    const { event, state } = told.value;
    if (event.kind !== 'step') continue;
    losses.push(event.loss);
    onStep?.(state);
    if (losses.length % stretch === 1)
      yield { done: index * total + losses.length, total: count * total, what };
  }
}

/** The mean of the last `count` numbers. */
export function meanOfLast(values: readonly number[], count: number): number {
  const last = values.slice(-count);
  return last.reduce((sum, value) => sum + value, 0) / last.length;
}
