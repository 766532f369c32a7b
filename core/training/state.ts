import type { Scored } from '../protocol/training.ts';
import { pack } from './layout.ts';
import type { Problem } from './problem.ts';

/** What an epoch ended with. */
export interface EpochRecord {
  readonly epoch: number;
  readonly training: Scored;
  readonly validation?: Scored;
  readonly robustAccuracy?: number;
}

/** Sums over the steps of the epoch that is under way. */
export interface EpochSums {
  readonly loss: number;
  readonly correct: number;
  readonly examples: number;
}

/** Everything that a training needs to go on exactly as if nothing had happened. */
export interface TrainingState {
  /** Steps done. */
  readonly step: number;
  readonly theta: Float32Array;
  readonly buffers: Float32Array;
  /** What the optimizer remembers, by name. */
  readonly memory: Readonly<Record<string, Float32Array>>;
  readonly average: Float32Array | undefined;
  readonly epochs: readonly EpochRecord[];
  readonly sums: EpochSums;
  readonly best: { readonly epoch: number; readonly value: number } | undefined;
}

export const noSums: EpochSums = { loss: 0, correct: 0, examples: 0 };

/** The state before the first step. */
export function initialState({ trainable, optimizer, averageDecay }: Problem): TrainingState {
  const { graph, parameters, buffers } = trainable;
  const theta = pack(parameters, graph.constants);
  const { definition, params } = optimizer;
  const remembered = definition.kind === 'update' ? definition.state(params) : [];
  return {
    step: 0,
    theta,
    buffers: pack(buffers, graph.constants),
    memory: Object.fromEntries(remembered.map((name) => [name, new Float32Array(parameters.size)])),
    average: averageDecay === undefined ? undefined : theta.slice(),
    epochs: [],
    sums: noSums,
    best: undefined,
  };
}

/** The parameters that the network is used with: their moving average where one is kept. */
export const usedTheta = ({ average, theta }: TrainingState): Float32Array => average ?? theta;
