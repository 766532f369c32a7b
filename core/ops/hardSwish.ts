import { float, loupeDomain } from '../graph/ir.ts';
import { defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { likeInput } from './shared/elementwise.ts';

/**
 * y = x·h(x) with h(x) = x/6 + 1/2 cut to [0, 1].
 * dx = ct·h(x) + ct·x/6 where −3 < x < 3.
 */
export const hardSwish = defineOperator({
  opType: 'HardSwish',
  infer: likeInput(),
  vjp: ({ b, ct, input }) => {
    const { add, mul } = arithmetic(b);
    const gate = b.add('HardSigmoid', [input(0)], { alpha: float(1 / 6), beta: float(0.5) });
    const slope = mul(mul(ct, input(0)), 1 / 6);
    const bounds = [b.scalar(-3), b.scalar(3)];
    const inside = b.add('ClipGrad', [input(0), ...bounds, slope], {}, { domain: loupeDomain });
    return [add(mul(ct, gate), inside)];
  },
  samples: [
    {
      title: 'all three pieces',
      inputs: [{ dims: [4, 6], range: [-5, 5], avoid: { points: [-3, 3], margin: 0.2 } }],
    },
  ],
});
