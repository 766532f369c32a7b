import { LoupeError } from '../base/errors.ts';
import { formatShape, normalizeAxis } from '../base/shape.ts';
import { int64 } from '../base/tensor.ts';
import { defineOperator } from './define.ts';
import { evaluateView, viewVjp } from './shared/view.ts';

/** Drops axes of length 1: those given, or all. */
export const squeeze = defineOperator({
  opType: 'Squeeze',
  arity: { inputs: [1, 2], outputs: [1, 1] },
  infer: ({ input, inputs, integers }) => {
    const { type, shape } = input(0);
    if (inputs[1] === undefined) return [{ type, shape: shape.filter((dim) => dim !== 1) }];
    const axes = integers(1).map((axis) => normalizeAxis(axis, shape.length));
    if (axes.some((axis) => shape[axis] !== 1)) {
      throw new LoupeError(
        'badGraph',
        `the axes ${axes.join()} of ${formatShape(shape)} are not all of length 1.`,
      );
    }
    return [{ type, shape: shape.filter((_, axis) => !axes.includes(axis)) }];
  },
  vjp: viewVjp,
  evaluate: evaluateView,
  samples: [
    { title: 'given axes', inputs: [{ dims: [1, 3, 1, 2] }, int64([0, -2])] },
    { title: 'all axes', inputs: [{ dims: [1, 3, 1, 2] }] },
  ],
});
