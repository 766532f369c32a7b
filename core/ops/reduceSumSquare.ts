import { defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { reduceForm, reduceSamples, reduceTypes, reductionOf } from './shared/reduce.ts';

/** y = Σ x²; dx = 2·ct·x. */
export const reduceSumSquare = defineOperator({
  opType: 'ReduceSumSquare',
  ...reduceForm,
  infer: reduceTypes,
  vjp: (context) => {
    const { mul } = arithmetic(context.b);
    const { ct, x } = reductionOf(context);
    return [mul(x, mul(ct, 2))];
  },
  samples: reduceSamples(),
});
