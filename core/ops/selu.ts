import { readFloat } from '../graph/attributes.ts';
import { float } from '../graph/ir.ts';
import { defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { likeInput } from './shared/elementwise.ts';
import { seluDefaults } from './shared/selu.ts';

const x = { dims: [2, 3, 4], avoid: { points: [0], margin: 0.1 } };

/** y = γx for x > 0, else γα(e^x − 1); dx = γ·ct for x > 0, else ct·γαe^x = ct·(y + γα). */
export const selu = defineOperator({
  opType: 'Selu',
  attributes: { alpha: 'float', gamma: 'float' },
  infer: likeInput(),
  vjp: ({ b, ct, input, node, output }) => {
    const { add, greater, mul, where } = arithmetic(b);
    const gamma = readFloat(node, 'gamma', seluDefaults.gamma);
    const negative = add(output(0), gamma * readFloat(node, 'alpha', seluDefaults.alpha));
    return [mul(ct, where(greater(input(0), 0), gamma, negative))];
  },
  samples: [
    { title: 'the defaults', inputs: [x] },
    { title: 'other constants', inputs: [x], attributes: { alpha: float(0.7), gamma: float(1.3) } },
  ],
});
