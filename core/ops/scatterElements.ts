import { int64 } from '../base/tensor.ts';
import { int, string } from '../graph/ir.ts';
import { defineOperator } from './define.ts';
import { scattered } from './shared/elements.ts';
import { constantInput } from './shared/evaluate.ts';
import { elementPositions, reductionOf, scatterVjp } from './shared/scatter.ts';

const indices = int64([1, 0, 2, 2], [2, 2]);

/** A copy of x with updates written or added at x[indices[i, j, k], j, k] (for axis 0). */
export const scatterElements = defineOperator({
  opType: 'ScatterElements',
  arity: { inputs: [3, 3], outputs: [1, 1] },
  attributes: { axis: 'int', reduction: 'string' },
  infer: ({ input }) => [input(0)],
  vjp: scatterVjp('GatherElements'),
  evaluate: (inputs, node) => {
    const [data, updates] = [constantInput(inputs, 0), constantInput(inputs, 2)];
    const positions = elementPositions(node, data.dims, constantInput(inputs, 1));
    return [scattered(data, updates, positions, reductionOf(node))];
  },
  samples: [
    { title: 'written', inputs: [{ dims: [3, 2] }, indices, { dims: [2, 2] }] },
    {
      title: 'added, repeated indices',
      inputs: [{ dims: [2, 3] }, int64([2, 2, 0, -2], [2, 2]), { dims: [2, 2] }],
      attributes: { axis: int(-1), reduction: string('add') },
    },
  ],
});
