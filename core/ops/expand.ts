import { broadcastShapes } from '../base/shape.ts';
import { int64 } from '../base/tensor.ts';
import { defineOperator } from './define.ts';
import { take } from './shared/elements.ts';
import { broadcastIndices, constantInput } from './shared/evaluate.ts';

/** y = x broadcast together with a shape; the walk sums ct back to the shape of x. */
export const expand = defineOperator({
  opType: 'Expand',
  arity: { inputs: [2, 2], outputs: [1, 1] },
  infer: ({ input, integers }) => {
    const { type, shape } = input(0);
    return [{ type, shape: broadcastShapes(shape, integers(1)) }];
  },
  vjp: ({ ct }) => [ct],
  evaluate: (inputs, _node, [output]) => {
    const [source, shape] = [constantInput(inputs, 0), output?.shape ?? []];
    return [take(source, broadcastIndices(source.dims, shape), shape)];
  },
  samples: [
    { title: 'new axes', inputs: [{ dims: [3, 1] }, int64([2, 1, 4])] },
    { title: 'a shorter shape', inputs: [{ dims: [2, 1, 3] }, int64([2, 1])] },
  ],
});
