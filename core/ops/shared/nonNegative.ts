import type { GraphBuilder } from '../../graph/builder.ts';
import type { Node } from '../../graph/ir.ts';

const always = new Set(['Relu', 'Sigmoid', 'HardSigmoid', 'Exp', 'Abs', 'Softplus', 'Softmax']);

/** Operators that give no negative number if they get none. */
const preserving = new Set([
  'MaxPool',
  'AveragePool',
  'GlobalAveragePool',
  'GlobalMaxPool',
  'Concat',
  'Add',
  'Mul',
  'Slice',
  'Split',
  'Identity',
  'Reshape',
  'Flatten',
]);

/** Whether a value is known to hold no negative number, from the operators that made it. */
export function isNonNegative(b: GraphBuilder, value: string): boolean {
  // Sums share terms, so what has been seen is not looked at again. A Set grows while it is walked.
  const wanted = new Set([value]);
  for (const name of wanted) {
    const node = b.producerOf(name);
    if (node?.domain !== '') return false;
    if (always.has(node.opType) || isClippedAtZero(b, node)) continue;
    if (!preserving.has(node.opType)) return false;
    const takesAll = ['Concat', 'Add', 'Mul'].includes(node.opType);
    for (const source of takesAll ? node.inputs : node.inputs.slice(0, 1)) wanted.add(source);
  }
  return true;
}

/** Clip applies its upper bound last (min(max(x, least), most)), so a negative one wins. */
function isClippedAtZero(b: GraphBuilder, node: Node): boolean {
  if (node.opType !== 'Clip') return false;
  const [, least = '', most = ''] = node.inputs;
  const bound = (name: string): number => Number(b.constantOf(name)?.data[0] ?? -1);
  return bound(least) >= 0 && (most === '' || bound(most) >= 0);
}
