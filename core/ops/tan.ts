import { defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { likeInput } from './shared/elementwise.ts';

/** y = tan x; dx = ct·(1 + y²). */
export const tan = defineOperator({
  opType: 'Tan',
  infer: likeInput(),
  vjp: ({ b, ct, output }) => {
    const { add, mul } = arithmetic(b);
    return [mul(ct, add(1, mul(output(0), output(0))))];
  },
  samples: [{ title: 'between the poles', inputs: [{ dims: [2, 4] }] }],
});
