import { float32 } from '../base/tensor.ts';
import { defineOperator } from './define.ts';
import { converted } from './shared/elementTypes.ts';
import { constantInput } from './shared/evaluate.ts';

/** y = x as the element type of the second input; see Cast. */
export const castLike = defineOperator({
  opType: 'CastLike',
  arity: { inputs: [2, 2], outputs: [1, 1] },
  attributes: { saturate: 'int' },
  infer: ({ input }) => [{ type: input(1).type, shape: input(0).shape }],
  vjp: ({ b, ct, input }) => [b.typeOf(input(0)).type === 'float32' ? ct : undefined],
  evaluate: (inputs) => [converted(constantInput(inputs, 0), constantInput(inputs, 1).type)],
  samples: [{ title: 'float to float', inputs: [{ dims: [2, 3] }, float32([0])] }],
});
