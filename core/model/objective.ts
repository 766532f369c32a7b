import { float32, int64 } from '../base/tensor.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import { int } from '../graph/ir.ts';
import type { Network } from './network.ts';

/**
 * Whose logit is explained. `input` makes the class an input of the program, so that one program
 * serves every class; `top` is decided in the graph; a number is fixed.
 */
export type ClassTarget = 'input' | 'top' | number;

/** The name of the class input: int64 [N]; −1 stands for the class with the greatest logit. */
export const targetInput = 'target';

/** Emits the logit of the target class of each example: [N]. */
export function classLogit(b: GraphBuilder, network: Network, target: ClassTarget): string {
  const mask = oneHot(b, network, classIndex(b, network, target));
  return b.add(
    'ReduceSum',
    [b.add('Mul', [network.logits, mask]), b.axes([1])],
    { keepdims: int(0) },
    { name: 'score' },
  );
}

/** Emits the index of the target class, int64 [N]. */
function classIndex(b: GraphBuilder, network: Network, target: ClassTarget): string {
  const batch = b.shapeOf(network.logits)[0] ?? 1;
  if (typeof target === 'number') return b.constant(int64(Array.from({ length: batch }, () => target)));
  const top = b.add('ArgMax', [network.logits], { axis: int(1), keepdims: int(0) }, { name: 'topClass' });
  if (target === 'top') return top;
  const given = b.has(targetInput) ? targetInput : b.input(targetInput, { type: 'int64', shape: [batch] });
  return b.add('Where', [b.add('Less', [given, b.axes([0])]), top, given], {}, { name: 'class' });
}

/** 1 at the class, 0 elsewhere: float32 [N, classes]. Compared as float32, which every device has; exact below 2²⁴. */
function oneHot(b: GraphBuilder, network: Network, index: string): string {
  const column = b.add('Unsqueeze', [b.add('Cast', [index], { to: int(1) }), b.axes([1])]);
  const classes = b.constant(
    float32(
      Array.from({ length: network.classes }, (_, c) => c),
      [1, network.classes],
    ),
    'classes',
  );
  return b.add('Cast', [b.add('Equal', [column, classes])], { to: int(1) }, { name: 'oneHot' });
}
