import { readFloat } from '../graph/attributes.ts';
import { float } from '../graph/ir.ts';
import { defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { likeInput } from './shared/elementwise.ts';

const x = { dims: [2, 3, 4], avoid: { points: [0], margin: 0.1 } };

/** y = x for x > 0, else α(e^(x/α) − 1); dx = ct for x > 0, else ct·e^(x/α) = ct·(y/α + 1). */
export const celu = defineOperator({
  opType: 'Celu',
  attributes: { alpha: 'float' },
  infer: likeInput(),
  vjp: ({ b, ct, input, node, output }) => {
    const { add, greater, mul, where } = arithmetic(b);
    const slope = add(mul(output(0), 1 / readFloat(node, 'alpha', 1)), 1);
    return [where(greater(input(0), 0), ct, mul(ct, slope))];
  },
  samples: [
    { title: 'the default', inputs: [x] },
    { title: 'alpha 0.5', inputs: [x], attributes: { alpha: float(0.5) } },
  ],
});
