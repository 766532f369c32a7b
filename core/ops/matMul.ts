import { LoupeError } from '../base/errors.ts';
import { broadcastShapes, formatShape } from '../base/shape.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import { int, ints } from '../graph/ir.ts';
import { type ShapeContext, type VjpContext, defineOperator } from './define.ts';

/**
 * Y = A·B over the last two axes, the others broadcast; a vector is a row on the left and a column on the right.
 * With G = dY:  dA = G Bᵀ,  dB = Aᵀ G, of the broadcast shape.
 */
export const matMul = defineOperator({
  opType: 'MatMul',
  arity: { inputs: [2, 2], outputs: [1, 1] },
  infer: (context) => [{ type: context.input(0).type, shape: productShape(context) }],
  vjp: (context) => [
    context.needs(0) ? leftCotangent(context) : undefined,
    context.needs(1) ? rightCotangent(context) : undefined,
  ],
  samples: [
    { title: 'matrices', inputs: [{ dims: [2, 3] }, { dims: [3, 4] }] },
    { title: 'batches that broadcast', inputs: [{ dims: [2, 1, 2, 3] }, { dims: [3, 3, 2] }] },
    { title: 'a batch by one matrix', inputs: [{ dims: [2, 2, 3] }, { dims: [3, 4] }] },
    { title: 'a row by matrices', inputs: [{ dims: [3] }, { dims: [2, 3, 4] }] },
    { title: 'matrices by a column', inputs: [{ dims: [2, 2, 3] }, { dims: [3] }] },
    { title: 'two vectors', inputs: [{ dims: [4] }, { dims: [4] }] },
  ],
});

function productShape({ input }: ShapeContext): number[] {
  const [a, b] = [input(0).shape, input(1).shape];
  const [left, right] = [a.length === 1 ? [1, ...a] : a, b.length === 1 ? [...b, 1] : b];
  const [inner, wanted] = [left.at(-1), right.at(-2)];
  if (inner === undefined || wanted === undefined || inner !== wanted) {
    throw new LoupeError(
      'badGraph',
      `matrices of shape ${formatShape(a)} and ${formatShape(b)} have no product.`,
    );
  }
  const batch = broadcastShapes(left.slice(0, -2), right.slice(0, -2));
  const rows = a.length === 1 ? [] : left.slice(-2, -1);
  const columns = b.length === 1 ? [] : right.slice(-1);
  return [...batch, ...rows, ...columns];
}

/** The operands and the cotangent as matrices: vectors get the axis that the product gave them. */
function matrices({ b, ct, input }: VjpContext): { left: string; right: string; g: string } {
  const [aShape, bShape, gShape] = [b.shapeOf(input(0)), b.shapeOf(input(1)), b.shapeOf(ct)];
  const [row, column] = [aShape.length === 1, bShape.length === 1];
  const batch = gShape.slice(0, gShape.length - (row ? 0 : 1) - (column ? 0 : 1));
  const rows = row ? 1 : (aShape.at(-2) ?? 1);
  const columns = column ? 1 : (bShape.at(-1) ?? 1);
  return {
    left: row ? reshape(b, input(0), [1, ...aShape]) : input(0),
    right: column ? reshape(b, input(1), [...bShape, 1]) : input(1),
    g: reshape(b, ct, [...batch, rows, columns]),
  };
}

/** G Bᵀ. A row's extra axis, and the batch axes that were broadcast, are summed by the walk. */
function leftCotangent(context: VjpContext): string {
  const { b } = context;
  const { g, right } = matrices(context);
  const plain = b.shapeOf(g).length === 2 && b.shapeOf(right).length === 2;
  if (plain) return b.add('Gemm', [g, right], { transB: int(1) });
  return b.add('MatMul', [g, transpose(b, right)]);
}

/** Aᵀ G. One matrix for a whole batch is one product: the batch joins the axis that is summed. */
function rightCotangent(context: VjpContext): string {
  const { b, input } = context;
  const { g, left } = matrices(context);
  const shape = b.shapeOf(input(1));
  if (shape.length <= 2) {
    const rows = (name: string): string => reshape(b, name, [-1, b.shapeOf(name).at(-1) ?? 1]);
    return reshape(b, b.add('Gemm', [rows(left), rows(g)], { transA: int(1) }), shape);
  }
  return b.add('MatMul', [transpose(b, left), g]);
}

function reshape(b: GraphBuilder, name: string, shape: readonly number[]): string {
  const now = b.shapeOf(name);
  const same = now.length === shape.length && shape.every((dim, axis) => dim === -1 || dim === now[axis]);
  return same ? name : b.add('Reshape', [name, b.axes(shape)]);
}

function transpose(b: GraphBuilder, name: string): string {
  const rank = b.shapeOf(name).length;
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  return b.add('Transpose', [name], { perm: ints([...axes.slice(0, -2), rank - 1, rank - 2]) });
}
