import { defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { reduceForm, reduceSamples, reduceTypes, reductionOf } from './shared/reduce.ts';

/** y = ln Σ e^x; dx = ct·e^(x−y). */
export const reduceLogSumExp = defineOperator({
  opType: 'ReduceLogSumExp',
  ...reduceForm,
  infer: reduceTypes,
  vjp: (context) => {
    const { apply, mul, sub } = arithmetic(context.b);
    const { ct, x, y } = reductionOf(context);
    return [mul(ct, apply('Exp', sub(x, y())))];
  },
  samples: reduceSamples(),
});
