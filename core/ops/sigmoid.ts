import { defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { likeInput } from './shared/elementwise.ts';

/** y = 1/(1 + e^−x); dx = ct·y(1 − y). */
export const sigmoid = defineOperator({
  opType: 'Sigmoid',
  infer: likeInput(),
  vjp: ({ b, ct, output }) => {
    const { mul, sub } = arithmetic(b);
    return [mul(ct, mul(output(0), sub(1, output(0))))];
  },
  samples: [{ title: 'both signs', inputs: [{ dims: [2, 4], range: [-2, 2] }] }],
});
