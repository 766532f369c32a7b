import { defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { likeInput } from './shared/elementwise.ts';

/** y = erf x; dx = ct·(2/√π)·e^(−x²). */
export const erf = defineOperator({
  opType: 'Erf',
  infer: likeInput(),
  vjp: ({ b, ct, input }) => {
    const { apply, mul } = arithmetic(b);
    const bell = apply('Exp', apply('Neg', mul(input(0), input(0))));
    return [mul(ct, mul(bell, 2 / Math.sqrt(Math.PI)))];
  },
  samples: [{ title: 'both signs', inputs: [{ dims: [2, 4], range: [-2, 2] }] }],
});
