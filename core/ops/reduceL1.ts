import { defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { reduceForm, reduceSamples, reduceTypes, reductionOf } from './shared/reduce.ts';

/** y = Σ |x|; dx = ct·sign(x). */
export const reduceL1 = defineOperator({
  opType: 'ReduceL1',
  ...reduceForm,
  infer: reduceTypes,
  vjp: (context) => {
    const { apply, mul } = arithmetic(context.b);
    const { ct, x } = reductionOf(context);
    return [mul(ct, apply('Sign', x))];
  },
  samples: reduceSamples({ avoid: { points: [0], margin: 0.1 } }),
});
