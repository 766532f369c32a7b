import { defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { likeInput } from './shared/elementwise.ts';

/** y = x·t with t = tanh(softplus(x)); dx = ct·(t + x(1 − t²)·sigmoid(x)). */
export const mish = defineOperator({
  opType: 'Mish',
  infer: likeInput(),
  vjp: ({ b, ct, input }) => {
    const { add, apply, mul, sub } = arithmetic(b);
    const t = apply('Tanh', apply('Softplus', input(0)));
    const slope = mul(sub(1, mul(t, t)), apply('Sigmoid', input(0)));
    return [mul(ct, add(t, mul(input(0), slope)))];
  },
  samples: [{ title: 'both signs', inputs: [{ dims: [2, 4], range: [-2, 2] }] }],
});
