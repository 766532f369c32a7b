import * as losses from '../../core/training/losses/index.ts';
import * as optimizers from '../../core/training/optimizers/index.ts';
import { chosen } from '../../core/training/config.ts';
import type { Problem } from '../../core/training/problem.ts';
import type { Trainable } from '../../core/training/trainable.ts';

export interface ProblemChoices
  extends Partial<Omit<Problem, 'trainable' | 'outputs' | 'loss' | 'optimizer'>> {
  readonly loss?: string;
  readonly lossParams?: Readonly<Record<string, unknown>>;
  readonly optimizer?: string;
  readonly optimizerParams?: Readonly<Record<string, unknown>>;
}

/** A problem with plain settings: cross-entropy, SGD without momentum, no penalties. */
export function problemOf(trainable: Trainable, outputs: number, choices: ProblemChoices = {}): Problem {
  const {
    loss = 'crossEntropy',
    lossParams = {},
    optimizer = 'sgd',
    optimizerParams = { momentum: 0 },
    ...rest
  } = choices;
  return {
    trainable,
    outputs,
    loss: chosen(losses, { id: loss, params: lossParams }, 'loss'),
    optimizer: chosen(optimizers, { id: optimizer, params: optimizerParams }, 'optimizer'),
    penalties: { l1: 0, l2: 0, inputGradient: 0 },
    clipNorm: undefined,
    averageDecay: undefined,
    decayVectors: true,
    ...rest,
  };
}
