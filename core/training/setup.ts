import type { Runtime } from '../runtime/runtime.ts';
import type { Adversarial } from './adversarial.ts';
import type { Examples } from './examples.ts';
import type { Problem } from './problem.ts';
import type { ScheduleDefinition } from './schedules/define.ts';
import type { TrainingState } from './state.ts';

/** A training with everything read, built and checked. */
export interface TrainingSetup {
  readonly runtime: Runtime;
  readonly problem: Problem;
  readonly training: Examples;
  readonly validation: Examples | undefined;
  readonly schedule: {
    readonly definition: ScheduleDefinition;
    readonly params: Readonly<Record<string, unknown>>;
  };
  readonly learningRate: number;
  /** Epochs over which the learning rate rises from 0 in a straight line first. */
  readonly warmupEpochs: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly adversarial: Adversarial | undefined;
  /** Epochs without a better validation result after which the training ends. */
  readonly patience: number | undefined;
  /** Steps between two looks at the health of layers; 0: never. */
  readonly healthEvery: number;
  readonly signal?: AbortSignal;
  /** Where the training goes on; the beginning if undefined. */
  readonly resume: TrainingState | undefined;
}

/** The attack on held-out examples by which robust accuracy is followed: PGD with ten steps of ε/4. */
export const validationAttack = (adversarial: Adversarial): Adversarial => ({
  epsilon: adversarial.epsilon,
  steps: 10,
  stepSize: adversarial.epsilon / 4,
  randomStart: true,
});
