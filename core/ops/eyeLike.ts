import { LoupeError } from '../base/errors.ts';
import { tensorFromNumbers } from '../base/tensor.ts';
import { readInt } from '../graph/attributes.ts';
import { int } from '../graph/ir.ts';
import { dataTypeOf } from '../graph/onnx/storage.ts';
import { defineOperator } from './define.ts';
import { coordinatesOf } from './shared/elements.ts';
import { elementTypeOf } from './shared/elementTypes.ts';

/** A matrix of the input's shape with ones on diagonal k. */
export const eyeLike = defineOperator({
  opType: 'EyeLike',
  attributes: { dtype: 'int', k: 'int' },
  infer: ({ node, input }) => {
    const { type, shape } = input(0);
    if (shape.length !== 2)
      throw new LoupeError('badGraph', `its input has ${shape.length} axes instead of 2.`);
    return [{ type: elementTypeOf(readInt(node, 'dtype', dataTypeOf[type])), shape }];
  },
  vjp: 'zero',
  evaluate: (_inputs, node, [output]) => {
    const { type, shape } = output ?? { type: 'float32', shape: [0, 0] };
    const k = readInt(node, 'k', 0);
    const ones = coordinatesOf(shape).map(([row = 0, column = 0]) => Number(column - row === k));
    return [tensorFromNumbers(type, ones, shape)];
  },
  samples: [
    { title: 'the main diagonal', inputs: [{ dims: [3, 4] }] },
    { title: 'above it', inputs: [{ dims: [3, 4] }], attributes: { k: int(1) } },
  ],
});
