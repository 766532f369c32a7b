import { readInt } from '../graph/attributes.ts';
import { int } from '../graph/ir.ts';
import { dataTypeOf } from '../graph/onnx/storage.ts';
import { defineOperator } from './define.ts';
import { converted, elementTypeOf } from './shared/elementTypes.ts';
import { constantInput } from './shared/evaluate.ts';

/** y = x as another element type. From float to float it passes ct on; any other way is piecewise constant. */
export const cast = defineOperator({
  opType: 'Cast',
  attributes: { to: 'int', saturate: 'int' },
  infer: ({ node, input }) => [{ type: elementTypeOf(readInt(node, 'to')), shape: input(0).shape }],
  vjp: ({ b, ct, input }) => [b.typeOf(input(0)).type === 'float32' ? ct : undefined],
  evaluate: (inputs, node) => [converted(constantInput(inputs, 0), elementTypeOf(readInt(node, 'to')))],
  samples: [
    {
      title: 'float to float',
      inputs: [{ dims: [2, 3] }],
      attributes: { to: int(dataTypeOf.float32) },
    },
  ],
});
