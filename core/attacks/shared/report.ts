import type { Tensor } from '../../base/tensor.ts';
import type { AttackTrace, Budget } from '../define.ts';
import type { Norms } from './ball.ts';

/** The class with the greatest logit. */
export interface Verdict {
  readonly index: number;
  readonly probability: number;
  readonly logit: number;
}

/**
 * `cleanError`: wrong already, and `alreadyTarget`: taken for the target already; both are left as they are and count as no success.
 * `succeeded`: the saved 8-bit picture fools the network. `lostInRounding`: the unrounded one does, the saved one does not.
 */
export type ExampleStatus = 'cleanError' | 'alreadyTarget' | 'succeeded' | 'failed' | 'lostInRounding';

export interface ExampleReport {
  readonly status: ExampleStatus;
  readonly clean: Verdict;
  /** Of the unrounded adversarial image. */
  readonly adversarial: Verdict;
  /** Of the 8-bit picture. */
  readonly saved: Verdict;
  /** Of the saved perturbation, in units of pixels in [0, 1]. */
  readonly norms: Norms;
}

export interface AttackReport {
  /** The attack's. */
  readonly title: string;
  readonly budget: Budget | undefined;
  /** [n, C, H, W] as the attack left them. */
  readonly raw: Tensor;
  /** [n, C, H, W], multiples of 1/255 inside budget and box: what a PNG holds. */
  readonly adversarial: Tensor;
  readonly examples: readonly ExampleReport[];
  /** Probabilities [n, classes] of the images as they were and as saved. */
  readonly probabilities: { readonly clean: Tensor; readonly saved: Tensor };
  /** How the search of each example went; undefined for examples that were not attacked and attacks that do not search. */
  readonly traces: readonly (AttackTrace | undefined)[];
}
