import { defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { evaluateReduce, reduceForm, reduceSamples, reduceTypes, reductionOf } from './shared/reduce.ts';

/** y = Σ x/n over the axes; dx = ct/n, repeated. */
export const reduceMean = defineOperator({
  opType: 'ReduceMean',
  ...reduceForm,
  infer: reduceTypes,
  vjp: (context) => {
    const { mul } = arithmetic(context.b);
    const { count, ct, spread } = reductionOf(context);
    return [spread(mul(ct, 1 / count))];
  },
  evaluate: evaluateReduce((values) => values.reduce((sum, value) => sum + value, 0) / values.length),
  samples: reduceSamples(),
});
