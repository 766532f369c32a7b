import { LoupeError } from '../base/errors.ts';
import type { LossDefinition } from './losses/define.ts';
import type { OptimizerDefinition } from './optimizers/define.ts';
import type { Trainable } from './trainable.ts';

/** Weights of what is lowered beside the loss; 0 leaves a term out. */
export interface Penalties {
  /** λ of λ Σ|θ|. */
  readonly l1: number;
  /** λ of (λ/2) Σθ². */
  readonly l2: number;
  /** λ of λ·mean over the examples of ‖∂L/∂x‖². */
  readonly inputGradient: number;
}

/** What a training step does, with everything checked and filled in. */
export interface Problem {
  readonly trainable: Trainable;
  /** Outputs of the network, and numbers of a target. */
  readonly outputs: number;
  readonly loss: { readonly definition: LossDefinition; readonly params: Readonly<Record<string, unknown>> };
  readonly optimizer: {
    readonly definition: OptimizerDefinition;
    readonly params: Readonly<Record<string, unknown>>;
  };
  readonly penalties: Penalties;
  /** Longer gradients are shortened to this L2 norm. */
  readonly clipNorm: number | undefined;
  /** Weight of the past in the moving average of θ. */
  readonly averageDecay: number | undefined;
  /** Whether vectors (biases, scales and shifts of norms) decay as well. */
  readonly decayVectors: boolean;
}

/** @throws LoupeError badArgument where a search is given what only changes the steps of a rule. */
export function checkProblem({ optimizer, clipNorm, averageDecay }: Problem): void {
  const { kind, id } = optimizer.definition;
  const useless = Object.entries({ clipNorm, averageDecay }).find(([, value]) => value !== undefined);
  if (kind === 'update' || useless === undefined) return;
  throw new LoupeError(
    'badArgument',
    `The optimizer ${id} finds the length of its steps itself, so ${useless[0]} means nothing to it. Leave it out, or take another optimizer.`,
  );
}
