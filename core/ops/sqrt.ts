import { defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { likeInput } from './shared/elementwise.ts';
import { evaluateElementwise } from './shared/evaluate.ts';

/** y = √x; dx = ct / 2y. */
export const sqrt = defineOperator({
  opType: 'Sqrt',
  infer: likeInput(),
  vjp: ({ b, ct, output }) => {
    const { div, mul } = arithmetic(b);
    return [div(mul(ct, 0.5), output(0))];
  },
  evaluate: evaluateElementwise(Math.sqrt),
  samples: [{ title: 'positive', inputs: [{ dims: [2, 3], range: [0.3, 2] }] }],
});
