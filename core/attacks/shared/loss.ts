import type { GraphBuilder } from '../../graph/builder.ts';
import { int } from '../../graph/ir.ts';
import type { Network } from '../../model/network.ts';
import { oneHot } from '../../model/objective.ts';

export type AttackLoss = 'crossEntropy' | 'margin';

/** The logits of each example around one of its classes. */
export interface ClassSplit {
  /** z_c, [N]. */
  readonly own: string;
  /**
   * [N, classes]: the logits with the lowest float32 in the place of z_c. Not (1 − onehot)·z, where z_c would become 0 and win
   * against logits that are all negative.
   */
  readonly others: string;
}

const lowest = -3.4028234663852886e38;

export function splitAt(b: GraphBuilder, network: Network, classes: string): ClassSplit {
  const mask = oneHot(b, network.classes, classes);
  const own = b.add('ReduceSum', [b.add('Mul', [network.logits, mask]), b.axes([1])], { keepdims: int(0) });
  const isOwn = b.add('Greater', [mask, b.scalar(0.5)]);
  return { own, others: b.add('Where', [isOwn, b.scalar(lowest), network.logits]) };
}

/** max_{i≠c} z_i − z_c, [N]: Carlini and Wagner's f without its bound. Its gradient does not fade with the confidence. */
export function marginLoss(b: GraphBuilder, { own, others }: ClassSplit): string {
  return b.add('Sub', [b.add('ReduceMax', [others, b.axes([1])], { keepdims: int(0) }), own]);
}

/**
 * u with −log p_c = softplus(u), [N]: u = log Σ_{i≠c} e^{z_i} − z_c, or −z_c for independent classes. The gradient of the cross-entropy is
 * σ(u)·∇u; in this form it has no subtraction 1 − p_c, which is 0 in float32 for all that an overconfident network says.
 */
function logOdds(b: GraphBuilder, { own, others }: ClassSplit, activation: Network['activation']): string {
  if (activation === 'Sigmoid') return b.add('Neg', [own]);
  return b.add('Sub', [b.add('ReduceLogSumExp', [others, b.axes([1])], { keepdims: int(0) }), own]);
}

/** −log p_c, [N]. */
export function crossEntropyLoss(b: GraphBuilder, network: Network, classes: string): string {
  return b.add('Softplus', [logOdds(b, splitAt(b, network, classes), network.activation)]);
}

export interface EmittedLoss {
  /** J(x, c) of each example, [N]. */
  readonly loss: string;
  /**
   * A value that rises with J, [N], for steps that only want its gradient's direction: u in the place of softplus(u), whose slope
   * σ(u) is 0 in float32 beyond a lead of 100.
   */
  readonly ascent: string;
}

export function emitLoss(b: GraphBuilder, network: Network, classes: string, kind: AttackLoss): EmittedLoss {
  const split = splitAt(b, network, classes);
  if (kind === 'margin') {
    const loss = marginLoss(b, split);
    return { loss, ascent: loss };
  }
  const ascent = logOdds(b, split, network.activation);
  return { loss: b.add('Softplus', [ascent]), ascent };
}
