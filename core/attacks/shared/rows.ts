import { sizeOf } from '../../base/shape.ts';
import { type Tensor, floatsOf, tensor } from '../../base/tensor.ts';

/** Number of elements of one example of a tensor [n, …]. */
export function rowLength({ dims }: Pick<Tensor, 'dims'>): number {
  return sizeOf(dims.slice(1));
}

/** Example `row` of a float tensor [n, …]: a view, no copy. */
export function rowOf(source: Tensor, row: number): Float32Array {
  const length = rowLength(source);
  return floatsOf(source).subarray(row * length, (row + 1) * length);
}

/** A new tensor of the examples `rows`, in that order. */
export function takeRows(source: Tensor, rows: readonly number[]): Tensor {
  const length = rowLength(source);
  const data = new Float32Array(rows.length * length);
  rows.forEach((row, at) => {
    data.set(rowOf(source, row), at * length);
  });
  return tensor('float32', data, [rows.length, ...source.dims.slice(1)]);
}

/** A copy that may be written to. */
export function copyOf(source: Tensor): Tensor {
  return tensor('float32', floatsOf(source).slice(), source.dims);
}
