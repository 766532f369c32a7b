import { LoupeError } from '../base/errors.ts';
import { normalizeAxis } from '../base/shape.ts';
import { int64 } from '../base/tensor.ts';
import { defineOperator } from './define.ts';
import { evaluateView, viewVjp } from './shared/view.ts';

/** Inserts axes of length 1; `axes` are those of the output. */
export const unsqueeze = defineOperator({
  opType: 'Unsqueeze',
  arity: { inputs: [2, 2], outputs: [1, 1] },
  infer: ({ input, integers }) => {
    const { type, shape } = input(0);
    const given = integers(1);
    const rank = shape.length + given.length;
    const axes = given.map((axis) => normalizeAxis(axis, rank));
    if (new Set(axes).size !== axes.length)
      throw new LoupeError('badGraph', `it names an axis twice: ${given.join()}.`);
    const rest = [...shape];
    return [
      {
        type,
        shape: Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : (rest.shift() ?? 1))),
      },
    ];
  },
  vjp: viewVjp,
  evaluate: evaluateView,
  samples: [
    { title: 'both ends', inputs: [{ dims: [3, 2] }, int64([0, -1])] },
    { title: 'a scalar', inputs: [{ dims: [] }, int64([0])] },
  ],
});
