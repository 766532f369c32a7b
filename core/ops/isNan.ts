import { float32 } from '../base/tensor.ts';
import { defineOperator } from './define.ts';
import { testOf } from './shared/elementwise.ts';
import { evaluateElementwise } from './shared/evaluate.ts';

/** Whether x is not a number. */
export const isNan = defineOperator({
  opType: 'IsNaN',
  infer: testOf('float32'),
  vjp: 'zero',
  evaluate: evaluateElementwise((x) => Number(Number.isNaN(x))),
  samples: [
    { title: 'each kind of value', inputs: [float32([1, Number.NaN, Number.POSITIVE_INFINITY, -2])] },
  ],
});
