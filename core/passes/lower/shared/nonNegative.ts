import type { GraphBuilder } from '../../../graph/builder.ts';

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
  const node = b.producerOf(value);
  if (node?.domain !== '') return false;
  if (always.has(node.opType)) return true;
  if (node.opType === 'Clip') return Number(b.constantOf(node.inputs[1] ?? '')?.data[0] ?? -1) >= 0;
  if (!preserving.has(node.opType)) return false;
  const takesOne = !['Concat', 'Add', 'Mul'].includes(node.opType);
  const sources = takesOne ? node.inputs.slice(0, 1) : node.inputs;
  return sources.every((source) => isNonNegative(b, source));
}
