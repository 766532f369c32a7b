import { defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { reduceForm, reduceSamples, reduceTypes, reductionOf } from './shared/reduce.ts';

/** y = ln Σ x; dx = ct·e^−y, repeated. */
export const reduceLogSum = defineOperator({
  opType: 'ReduceLogSum',
  ...reduceForm,
  infer: reduceTypes,
  vjp: (context) => {
    const { apply, mul } = arithmetic(context.b);
    const { ct, spread, y } = reductionOf(context);
    return [spread(mul(ct, apply('Exp', apply('Neg', y()))))];
  },
  samples: reduceSamples({ range: [0.3, 1] }),
});
