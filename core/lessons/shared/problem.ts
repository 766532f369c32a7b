import type { BuiltNetwork } from '../../nn/buildNetwork.ts';
import { chosen } from '../../training/config.ts';
import * as lossDefinitions from '../../training/losses/index.ts';
import * as optimizerDefinitions from '../../training/optimizers/index.ts';
import type { Problem } from '../../training/problem.ts';
import { trainableOf } from '../../training/trainable.ts';

/** A definition of the trainer and its parameters. */
export interface Choice {
  readonly id: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

export interface ProblemQuestion {
  readonly network: BuiltNetwork;
  readonly loss: Choice;
  /** Plain descent, without momentum, unless told. */
  readonly optimizer?: Choice | undefined;
  /** Whether biases decay with the weights, where the optimizer has a decay. */
  readonly decayVectors?: boolean | undefined;
}

export const plainDescent: Choice = { id: 'sgd', params: { momentum: 0 } };

/** What the trainer is to lower, without penalties, clipping and averages. */
export function problemOf({ network, loss, optimizer, decayVectors }: ProblemQuestion): Problem {
  return {
    trainable: trainableOf(network),
    outputs: network.classes,
    loss: chosen(lossDefinitions, filled(loss), 'loss'),
    optimizer: chosen(optimizerDefinitions, filled(optimizer ?? plainDescent), 'optimizer'),
    penalties: { l1: 0, l2: 0, inputGradient: 0 },
    clipNorm: undefined,
    averageDecay: undefined,
    decayVectors: decayVectors ?? true,
  };
}

export const filled = ({ id, params = {} }: Choice) => ({ id, params });
