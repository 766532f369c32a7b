import { defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { likeInput } from './shared/elementwise.ts';

/** y = x/(1 + |x|); dx = ct/(1 + |x|)² = ct·(1 − |y|)². */
export const softsign = defineOperator({
  opType: 'Softsign',
  infer: likeInput(),
  vjp: ({ b, ct, output }) => {
    const { apply, mul, sub } = arithmetic(b);
    const root = sub(1, apply('Abs', output(0)));
    return [mul(ct, mul(root, root))];
  },
  samples: [
    { title: 'both signs', inputs: [{ dims: [2, 4], range: [-2, 2], avoid: { points: [0], margin: 0.1 } }] },
  ],
});
