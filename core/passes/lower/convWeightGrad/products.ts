import { sizeOf } from '../../../base/shape.ts';
import type { GraphBuilder } from '../../../graph/builder.ts';
import { int } from '../../../graph/ir.ts';
import { permuted, reshaped } from '../../../ops/shared/movement.ts';
import { spatialOf } from '../../../ops/shared/windows.ts';
import { framed, tapSlices } from '../shared/tapSlices.ts';
import type { WeightGradFormulation } from './problem.ts';

/**
 * Σ over the batch and space of ct[n, m, o]·x[n, c, o] within each group, [M, C/group]: one matrix product for
 * each image and group, summed. ONNX Runtime takes the transposition into the product.
 */
export function channelProducts(
  b: GraphBuilder,
  [x, ct]: readonly [string, string],
  group: number,
  name: string,
): string {
  const rows = byGroup(b, ct, group);
  const columns = permuted(b, byGroup(b, x, group), [0, 1, 3, 2]);
  const products = b.add('MatMul', [rows, columns], {}, { name });
  return sumOverBatch(b, products);
}

/** [N, C, …] → [N, group, C/group, positions]. */
function byGroup(b: GraphBuilder, value: string, group: number): string {
  const shape = b.shapeOf(value);
  const [batch = 1, channels = 1] = shape;
  return reshaped(b, value, [batch, group, channels / group, sizeOf(spatialOf(shape))]);
}

/** [N, group, M/group, C/group] → [M, C/group]. */
function sumOverBatch(b: GraphBuilder, products: string): string {
  const [batch = 1, group = 1, rows = 1, columns = 1] = b.shapeOf(products);
  if (batch === 1) return reshaped(b, products, [group * rows, columns]);
  const summed = b.add('ReduceSum', [products, b.axes([0])], { keepdims: int(0) });
  return reshaped(b, summed, [group * rows, columns]);
}

/**
 * dw[m, c, k] for one tap k at a time: the product of ct with what the tap reads of x. For 1x1 kernels this is
 * one product; for the few taps of a strided kernel it copies less than unrolling all windows.
 */
export const asTapProducts: WeightGradFormulation = (b, { x, ct, convolution, counts, shape, name }) => {
  const { group, windows } = convolution;
  const slices = tapSlices(b, framed(b, x, windows, counts), windows, counts);
  const products = slices.map((slice) => channelProducts(b, [slice, ct], group, name));
  const [rows = 1, columns = 1] = shape;
  if (products.length === 1) return reshaped(b, products[0] ?? '', shape);
  const columnsByTap = products.map((product) => reshaped(b, product, [rows, columns, 1]));
  return reshaped(b, b.add('Concat', columnsByTap, { axis: int(2) }), shape);
};
