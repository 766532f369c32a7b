import { int64 } from '../base/tensor.ts';
import { string } from '../graph/ir.ts';
import { defineOperator } from './define.ts';
import { scattered } from './shared/elements.ts';
import { constantInput } from './shared/evaluate.ts';
import { blockPositions, reductionOf, scatterVjp } from './shared/scatter.ts';

/** A copy of x with blocks of updates written or added at x[indices[q…], …]. */
export const scatterND = defineOperator({
  opType: 'ScatterND',
  arity: { inputs: [3, 3], outputs: [1, 1] },
  attributes: { reduction: 'string' },
  infer: ({ input }) => [input(0)],
  vjp: scatterVjp('GatherND'),
  evaluate: (inputs, node) => {
    const [data, updates] = [constantInput(inputs, 0), constantInput(inputs, 2)];
    return [
      scattered(data, updates, blockPositions(data.dims, constantInput(inputs, 1), 0), reductionOf(node)),
    ];
  },
  samples: [
    { title: 'blocks written', inputs: [{ dims: [3, 2] }, int64([2, 0], [2, 1]), { dims: [2, 2] }] },
    {
      title: 'elements added, repeated indices',
      inputs: [{ dims: [2, 3] }, int64([0, 1, 1, 2, 0, 1], [3, 2]), { dims: [3] }],
      attributes: { reduction: string('add') },
    },
  ],
});
