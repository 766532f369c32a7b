import { int64 } from '../base/tensor.ts';
import { readInt } from '../graph/attributes.ts';
import { int } from '../graph/ir.ts';
import { defineOperator } from './define.ts';
import { numeric, requireType } from './shared/elementwise.ts';

/**
 * Running sums along an axis, which is an input. The matrix of the map is triangular, and its transpose sums
 * from the other end:  dx = CumSum(ct) in the opposite direction.
 */
export const cumSum = defineOperator({
  opType: 'CumSum',
  arity: { inputs: [2, 2], outputs: [1, 1] },
  attributes: { exclusive: 'int', reverse: 'int' },
  infer: ({ input }) => {
    requireType(input(0), numeric);
    return [input(0)];
  },
  vjp: ({ b, ct, input, node }) => [
    b.add('CumSum', [ct, input(1)], {
      exclusive: int(readInt(node, 'exclusive', 0)),
      reverse: int(1 - readInt(node, 'reverse', 0)),
    }),
  ],
  samples: [
    { title: 'along the rows', inputs: [{ dims: [2, 5] }, int64([1], [])] },
    {
      title: 'exclusive, from the end',
      inputs: [{ dims: [2, 3, 2] }, int64([-2], [])],
      attributes: { exclusive: int(1), reverse: int(1) },
    },
  ],
});
