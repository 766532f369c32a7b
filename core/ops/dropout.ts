import { LoupeError } from '../base/errors.ts';
import { bool, float32 } from '../base/tensor.ts';
import { defineOperator } from './define.ts';

/** At inference y = x and the mask is all true. Training mode draws random numbers, and is refused. */
export const dropout = defineOperator({
  opType: 'Dropout',
  arity: { inputs: [1, 3], outputs: [1, 2] },
  attributes: { seed: 'int' },
  infer: ({ input, inputs, constant }) => {
    if (inputs[2] !== undefined && constant(2)?.data[0] !== 0) {
      throw new LoupeError(
        'badGraph',
        'it is in training mode, where it draws random numbers. Export the model in evaluation mode.',
      );
    }
    return [input(0), { type: 'bool', shape: input(0).shape }];
  },
  vjp: ({ cts }) => [cts[0]],
  samples: [
    { title: 'only the data', inputs: [{ dims: [2, 3] }] },
    {
      title: 'ratio, training mode off, mask',
      inputs: [{ dims: [2, 3] }, float32([0.5], []), bool([false], [])],
      outputs: 2,
    },
  ],
});
