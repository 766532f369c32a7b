import { type Shape, shapesEqual, sizeOf } from '../../base/shape.ts';
import { float32 } from '../../base/tensor.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import { int, ints } from '../../graph/ir.ts';

/** x with the shape `shape`; x itself if it has that shape. */
export function reshaped(b: GraphBuilder, x: string, shape: Shape): string {
  if (shapesEqual(b.shapeOf(x), shape)) return x;
  // allowzero: a zero in `shape` is a length here, not "as in the input".
  const allowzero = shape.includes(0) ? { allowzero: int(1) } : {};
  return b.add('Reshape', [x, b.axes(shape)], allowzero);
}

/** x with its axes in the order `perm`. */
export function permuted(b: GraphBuilder, x: string, perm: readonly number[]): string {
  return perm.every((from, to) => from === to) ? x : b.add('Transpose', [x], { perm: ints(perm) });
}

/** The part from `from` up to `to` (exclusive) of one axis. */
export function slicedAxis(b: GraphBuilder, x: string, axis: number, from: number, to: number): string {
  if (from === 0 && to === b.shapeOf(x)[axis]) return x;
  return b.add('Slice', [x, b.axes([from]), b.axes([to]), b.axes([axis])]);
}

/** One axis in reverse order. */
export function reversedAxis(b: GraphBuilder, x: string, axis: number): string {
  const beforeFirst = -1 - (b.shapeOf(x)[axis] ?? 0);
  return b.add('Slice', [x, b.axes([-1]), b.axes([beforeFirst]), b.axes([axis]), b.axes([-1])]);
}

/** Zeros around x, by axis; negative numbers crop. */
export function padded(
  b: GraphBuilder,
  x: string,
  before: readonly number[],
  after: readonly number[],
): string {
  const pads = [...before, ...after];
  return pads.every((pad) => pad === 0) ? x : b.add('Pad', [x, b.axes(pads)]);
}

/** As `padded`, for one axis. */
export function paddedAxis(b: GraphBuilder, x: string, axis: number, before: number, after: number): string {
  const only = (pad: number): number[] => b.shapeOf(x).map((_, at) => (at === axis ? pad : 0));
  return padded(b, x, only(before), only(after));
}

/** float32 zeros. A large tensor of them is a node, so that a file does not hold its bytes. */
export function zerosOf(b: GraphBuilder, shape: Shape): string {
  const size = sizeOf(shape);
  return size <= 64
    ? b.constant(float32(new Float32Array(size), shape), 'zeros')
    : b.add('ConstantOfShape', [b.axes(shape)], {}, { name: 'zeros' });
}
