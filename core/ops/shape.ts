import { int64 } from '../base/tensor.ts';
import { readInt } from '../graph/attributes.ts';
import { type Node, type ValueType, int } from '../graph/ir.ts';
import { defineOperator } from './define.ts';

/** The lengths of the axes start … end − 1 of x. */
export const shape = defineOperator({
  opType: 'Shape',
  attributes: { start: 'int', end: 'int' },
  infer: ({ node, input }) => [{ type: 'int64', shape: [dimsOf(node, input(0)).length] }],
  vjp: 'nondifferentiable',
  evaluateFromTypes: ([type], node) => (type === undefined ? undefined : [int64(dimsOf(node, type))]),
  samples: [
    { title: 'the default', inputs: [{ dims: [2, 3, 4] }] },
    { title: 'some axes', inputs: [{ dims: [2, 3, 4] }], attributes: { start: int(-2), end: int(10) } },
  ],
});

/** Array.prototype.slice has the semantics of start and end: negative counts from the back, and both are clamped. */
function dimsOf(node: Node, { shape: dims }: ValueType): number[] {
  return dims.slice(readInt(node, 'start', 0), readInt(node, 'end', dims.length));
}
