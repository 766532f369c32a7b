import { int } from '../graph/ir.ts';
import { defineOperator } from './define.ts';
import { evaluateReduce, reduceForm, reduceSamples, reduceTypes, reductionOf } from './shared/reduce.ts';

/** y = Σ x over the axes; dx = ct, repeated. */
export const reduceSum = defineOperator({
  opType: 'ReduceSum',
  ...reduceForm,
  infer: reduceTypes,
  vjp: (context) => {
    const { ct, spread } = reductionOf(context);
    return [spread(ct)];
  },
  evaluate: evaluateReduce((values) => values.reduce((sum, value) => sum + value, 0)),
  samples: [
    ...reduceSamples(),
    { title: 'no axes at all', inputs: [{ dims: [2, 3] }], attributes: { noop_with_empty_axes: int(1) } },
  ],
});
