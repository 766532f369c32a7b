import { int } from '../../../graph/ir.ts';
import { paddedAxis, permuted, reshaped } from '../../../ops/shared/movement.ts';
import type { GraphBuilder } from '../../../graph/builder.ts';
import type { WeightGradFormulation } from './problem.ts';
import { channelProducts } from './products.ts';

/**
 * For two axes, stride 1, one group:
 *   dw[m, c, i, j] = Σ over n, r, s of ct[n, m, r + p − i·d, s] · x[n, c, r, s + j·d − p],
 * where r runs over the rows of x and s over the columns of ct. So shifting ct by rows and x by columns, once
 * for each tap of an axis, and one matrix product of the stacked shifts give all taps: I + J copies in place of I·J.
 */
export const asSeparable: WeightGradFormulation = (b, { x, ct, convolution: { windows }, shape, name }) => {
  const [outputs = 1, inputs = 1, rows = 1, columns = 1] = shape;
  const [rowBegin = 0, columnBegin = 0] = windows.begins;
  const [rowDilation = 1, columnDilation = 1] = windows.dilations;
  const height = b.shapeOf(x)[2] ?? 1;
  const width = b.shapeOf(ct)[3] ?? 1;
  const lower = shifted(
    b,
    ct,
    2,
    height,
    taps(rows).map((tap) => tap * rowDilation - rowBegin),
  );
  const sideways = shifted(
    b,
    x,
    3,
    width,
    taps(columns).map((tap) => columnBegin - tap * columnDilation),
  );
  const products = channelProducts(b, [sideways, lower], 1, name);
  const split = reshaped(b, products, [rows, outputs, columns, inputs]);
  return permuted(b, split, [1, 3, 0, 2]);
};

const taps = (count: number): number[] => Array.from({ length: count }, (_, tap) => tap);

/** Copies of `value` moved along an axis by each of `amounts`, all of length `size`, stacked along the channels. */
function shifted(
  b: GraphBuilder,
  value: string,
  axis: number,
  size: number,
  amounts: readonly number[],
): string {
  const length = b.shapeOf(value)[axis] ?? 1;
  const copies = amounts.map((amount) => paddedAxis(b, value, axis, amount, size - length - amount));
  return copies.length === 1 ? (copies[0] ?? '') : b.add('Concat', copies, { axis: int(1) });
}
