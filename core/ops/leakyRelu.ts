import { readFloat } from '../graph/attributes.ts';
import { float } from '../graph/ir.ts';
import { defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { likeInput } from './shared/elementwise.ts';

const x = { dims: [2, 3, 4], avoid: { points: [0], margin: 0.1 } };

/** y = x for x > 0, else αx; dx = ct for x > 0, else α·ct. */
export const leakyRelu = defineOperator({
  opType: 'LeakyRelu',
  attributes: { alpha: 'float' },
  infer: likeInput(),
  vjp: ({ b, ct, input, node }) => {
    const { greater, mul, where } = arithmetic(b);
    return [where(greater(input(0), 0), ct, mul(ct, readFloat(node, 'alpha', 0.01)))];
  },
  samples: [
    { title: 'the default slope', inputs: [x] },
    { title: 'a steep slope', inputs: [x], attributes: { alpha: float(0.3) } },
  ],
});
