import { LoupeError } from '../base/errors.ts';
import { type Shape, formatShape, sizeOf } from '../base/shape.ts';
import { int64 } from '../base/tensor.ts';
import { readInt } from '../graph/attributes.ts';
import { int } from '../graph/ir.ts';
import { defineOperator } from './define.ts';
import { evaluateView, viewVjp } from './shared/view.ts';

/** The elements of x in another shape; 0 copies a length (unless allowzero), −1 is what remains. */
export const reshape = defineOperator({
  opType: 'Reshape',
  arity: { inputs: [2, 2], outputs: [1, 1] },
  attributes: { allowzero: 'int' },
  infer: ({ node, input, integers }) => {
    const { type, shape } = input(0);
    return [{ type, shape: resolved(shape, integers(1), readInt(node, 'allowzero', 0) === 1) }];
  },
  vjp: viewVjp,
  evaluate: evaluateView,
  samples: [
    { title: '0 and -1', inputs: [{ dims: [2, 3, 4] }, int64([0, -1])] },
    {
      title: 'a given shape',
      inputs: [{ dims: [2, 6] }, int64([3, 1, 4])],
      attributes: { allowzero: int(1) },
    },
    { title: 'to a scalar', inputs: [{ dims: [1, 1] }, int64([])] },
  ],
});

function resolved(from: Shape, wanted: readonly number[], allowZero: boolean): number[] {
  const copied = wanted.map((dim, axis) => (dim === 0 && !allowZero ? (from[axis] ?? 0) : dim));
  const known = sizeOf(copied.filter((dim) => dim !== -1));
  const rest = known === 0 ? 0 : sizeOf(from) / known;
  const shape = copied.map((dim) => (dim === -1 ? rest : dim));
  const legal = copied.filter((dim) => dim === -1).length <= 1 && shape.every((dim) => dim >= 0);
  if (legal && Number.isInteger(rest) && sizeOf(shape) === sizeOf(from)) return shape;
  throw new LoupeError(
    'badGraph',
    `a tensor of shape ${formatShape(from)} cannot take the shape ${formatShape(wanted)}.`,
  );
}
