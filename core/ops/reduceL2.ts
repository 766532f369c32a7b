import { defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { reduceForm, reduceSamples, reduceTypes, reductionOf } from './shared/reduce.ts';

/** y = √Σ x²; dx = ct·x/y, which is 0 where y = 0. */
export const reduceL2 = defineOperator({
  opType: 'ReduceL2',
  ...reduceForm,
  infer: reduceTypes,
  vjp: (context) => {
    const { div, equal, mul, where } = arithmetic(context.b);
    const { ct, x, y } = reductionOf(context);
    const norm = y();
    const divisor = where(equal(norm, 0), 1, norm);
    return [mul(x, div(ct, divisor))];
  },
  samples: reduceSamples(),
});
