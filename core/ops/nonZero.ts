import { LoupeError } from '../base/errors.ts';
import { type Tensor, float32, int64 } from '../base/tensor.ts';
import { defineOperator } from './define.ts';
import { coordinatesOf } from './shared/elements.ts';
import { constantInput } from './shared/evaluate.ts';

/** The coordinates of the elements that are not 0, one column each. */
export const nonZero = defineOperator({
  opType: 'NonZero',
  infer: ({ input, constant }) => {
    const value = constant(0);
    if (value === undefined) {
      throw new LoupeError(
        'badGraph',
        'the size of its result depends on the data, and Loupe needs every size before the network runs.',
      );
    }
    return [{ type: 'int64', shape: [input(0).shape.length, placesOf(value).length] }];
  },
  vjp: 'nondifferentiable',
  evaluate: (inputs) => {
    const value = constantInput(inputs, 0);
    const places = placesOf(value);
    const rows = value.dims.map((_, axis) => places.map((place) => place[axis] ?? 0));
    return [int64(rows.flat(), [rows.length, places.length])];
  },
  samples: [{ title: 'of a constant', inputs: [float32([1, 0, 2, 0, 0, 3], [2, 3])] }],
});

function placesOf(value: Tensor): number[][] {
  return coordinatesOf(value.dims).filter((_, at) => Number(value.data[at]) !== 0);
}
