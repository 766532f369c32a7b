import type { GraphBuilder } from '../../graph/builder.ts';
import { int, ints } from '../../graph/ir.ts';

/**
 * Emits how alike each picture of a batch is to the others, [N] in [0, 1] after a ReLU: the mean cosine between the Gram matrices
 * G = F Fᵀ of their features F [C, places] at `value` [N, C, h, w] (Olah et al. 2017, "Diversity"). N is at least 2.
 */
export function emitLikeness(b: GraphBuilder, value: string): string {
  const [batch = 1, channels = 1, ...spatial] = b.shapeOf(value);
  const places = spatial.reduce((product, length) => product * length, 1);
  const features = b.add('Reshape', [value, b.axes([batch, channels, places])]);
  const grams = b.add('MatMul', [features, b.add('Transpose', [features], { perm: ints([0, 2, 1]) })]);
  const rows = b.add('Reshape', [grams, b.axes([batch, channels * channels])]);
  const squares = b.add('ReduceSum', [b.add('Mul', [rows, rows]), b.axes([1])], { keepdims: int(1) });
  // A map of zeros is like nothing.
  const lengths = b.add('Sqrt', [b.add('Max', [squares, b.scalar(1e-20)])]);
  const units = b.add('Div', [rows, lengths]);
  const cosines = b.add('MatMul', [units, b.add('Transpose', [units], { perm: ints([1, 0]) })]);
  const all = b.add('ReduceSum', [cosines, b.axes([1])], { keepdims: int(0) });
  const own = b.add('ReduceSum', [b.add('Mul', [units, units]), b.axes([1])], { keepdims: int(0) });
  return b.add('Div', [b.add('Sub', [all, own]), b.scalar(batch - 1)], {}, { name: 'likeness' });
}
