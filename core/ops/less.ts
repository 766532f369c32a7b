import { int64 } from '../base/tensor.ts';
import { defineOperator } from './define.ts';
import { compare } from './shared/broadcast.ts';
import { evaluateElementwise } from './shared/evaluate.ts';

/** Whether a < b, with broadcasting: piecewise constant. */
export const less = defineOperator({
  opType: 'Less',
  arity: { inputs: [2, 2], outputs: [1, 1] },
  infer: compare,
  vjp: 'zero',
  evaluate: evaluateElementwise((a, b) => Number(a < b)),
  samples: [
    { title: 'floats, broadcast', inputs: [{ dims: [2, 1, 4] }, { dims: [3, 1] }] },
    { title: 'integers with ties', inputs: [int64([1, 2, 3]), int64([2])] },
  ],
});
