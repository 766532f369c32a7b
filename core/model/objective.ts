import { float32, int64 } from '../base/tensor.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import { int } from '../graph/ir.ts';
import type { Target } from '../protocol/target.ts';
import type { OutputActivation } from './logits.ts';
import { layerScore } from './layerScore.ts';
import { type Network, targetInput } from './network.ts';

/**
 * Whose logit is explained. `input` makes the class an input of the program, so that one program
 * serves every class; `top` is decided in the graph; a number is fixed.
 */
export type ClassTarget = 'input' | 'top' | number;

export { targetInput };

/** What a class's score is read from. */
export type Classifier = Pick<Network, 'logits' | 'classes'>;

/** Emits the logit of the target class of each example: [N]. */
export function classLogit(b: GraphBuilder, network: Classifier, target: ClassTarget): string {
  return scoreAt(b, network, network.logits, classIndex(b, network, target));
}

/**
 * Emits the scalar S of each example, [N], that `target` describes. `classInput` makes the class an input of the
 * program (`targetInput`); the other class of a difference stays fixed.
 */
export function emitScore(b: GraphBuilder, network: Network, target: Target, classInput = false): string {
  if ('layer' in target) return layerScore(b, network, target);
  const index = classIndex(b, network, classInput ? 'input' : target.class);
  return emitScoreOf(b, network, target, index);
}

/** The score of a class target where the class of each example is known: `index` is int64 [N]. */
export function emitScoreOf(
  b: GraphBuilder,
  network: Network,
  target: Exclude<Target, { layer: string }>,
  index: string,
): string {
  if (target.kind === 'difference') {
    const own = scoreAt(b, network, network.logits, index);
    return b.add('Sub', [own, scoreAt(b, network, network.logits, classIndex(b, network, target.against))]);
  }
  const of = target.of === 'logit' ? network.logits : logProbabilities(b, network);
  return scoreAt(b, network, of, index);
}

/** log softmax(z), or log σ(z) = −softplus(−z) for independent classes: [N, classes]. */
export function logProbabilities(
  b: GraphBuilder,
  { logits, activation }: { logits: string; activation: OutputActivation },
): string {
  if (activation === 'Softmax') return b.add('LogSoftmax', [logits], { axis: int(1) });
  return b.add('Neg', [b.add('Softplus', [b.add('Neg', [logits])])]);
}

/** Σ_c onehot(index)_c · values_c, [N]. */
function scoreAt(b: GraphBuilder, network: Classifier, values: string, index: string): string {
  const masked = b.add('Mul', [values, oneHot(b, network.classes, index)]);
  return b.add('ReduceSum', [masked, b.axes([1])], { keepdims: int(0) }, { name: 'score' });
}

/** Emits the index of the target class, int64 [N]. */
export function classIndex(b: GraphBuilder, network: Classifier, target: ClassTarget): string {
  const batch = b.shapeOf(network.logits)[0] ?? 1;
  if (typeof target === 'number') return b.constant(int64(Array.from({ length: batch }, () => target)));
  const top = b.add('ArgMax', [network.logits], { axis: int(1), keepdims: int(0) }, { name: 'topClass' });
  if (target === 'top') return top;
  const given = b.has(targetInput) ? targetInput : b.input(targetInput, { type: 'int64', shape: [batch] });
  return b.add('Where', [b.add('Less', [given, b.axes([0])]), top, given], {}, { name: 'class' });
}

/** 1 at the class, 0 elsewhere: float32 [N, classes]. Compared as float32, which every device has; exact below 2²⁴. */
export function oneHot(b: GraphBuilder, classes: number, index: string): string {
  const column = b.add('Unsqueeze', [b.add('Cast', [index], { to: int(1) }), b.axes([1])]);
  const numbers = b.constant(
    float32(
      Array.from({ length: classes }, (_, c) => c),
      [1, classes],
    ),
    'classes',
  );
  return b.add('Cast', [b.add('Equal', [column, numbers])], { to: int(1) }, { name: 'oneHot' });
}
