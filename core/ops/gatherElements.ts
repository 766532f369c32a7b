import { LoupeError } from '../base/errors.ts';
import { formatShape, normalizeAxis } from '../base/shape.ts';
import { int64 } from '../base/tensor.ts';
import { readInt } from '../graph/attributes.ts';
import { int, string } from '../graph/ir.ts';
import { defineOperator } from './define.ts';
import { take } from './shared/elements.ts';
import { constantInput } from './shared/evaluate.ts';
import { zerosOf } from './shared/movement.ts';
import { elementPositions } from './shared/scatter.ts';

/** y[i, j, k] = x[indices[i, j, k], j, k] (for axis 0); dx = ct added up at the places it was taken from. */
export const gatherElements = defineOperator({
  opType: 'GatherElements',
  arity: { inputs: [2, 2], outputs: [1, 1] },
  attributes: { axis: 'int' },
  infer: ({ node, input }) => {
    const [{ type, shape }, { shape: indices }] = [input(0), input(1)];
    normalizeAxis(readInt(node, 'axis', 0), shape.length);
    if (indices.length !== shape.length) {
      throw new LoupeError(
        'badGraph',
        `indices of shape ${formatShape(indices)} do not fit ${formatShape(shape)}.`,
      );
    }
    return [{ type, shape: indices }];
  },
  vjp: ({ b, ct, node, input, shapeOf }) => [
    b.add('ScatterElements', [zerosOf(b, shapeOf(input(0))), input(1), ct], {
      ...node.attributes,
      reduction: string('add'),
    }),
  ],
  evaluate: (inputs, node) => {
    const [source, indices] = [constantInput(inputs, 0), constantInput(inputs, 1)];
    return [take(source, elementPositions(node, source.dims, indices), indices.dims)];
  },
  samples: [
    { title: 'first axis', inputs: [{ dims: [3, 2] }, int64([2, 0, 1, 0], [2, 2])] },
    {
      title: 'repeated and negative indices',
      inputs: [{ dims: [2, 4] }, int64([1, 1, -1, 0, 3, 0], [2, 3])],
      attributes: { axis: int(1) },
    },
  ],
});
