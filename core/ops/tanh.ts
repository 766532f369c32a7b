import { defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { likeInput } from './shared/elementwise.ts';

/** y = tanh x; dx = ct·(1 − y²). */
export const tanh = defineOperator({
  opType: 'Tanh',
  infer: likeInput(),
  vjp: ({ b, ct, output }) => {
    const { mul, sub } = arithmetic(b);
    return [mul(ct, sub(1, mul(output(0), output(0))))];
  },
  samples: [{ title: 'both signs', inputs: [{ dims: [2, 4], range: [-2, 2] }] }],
});
