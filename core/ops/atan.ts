import { defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { likeInput } from './shared/elementwise.ts';

/** y = arctan x; dx = ct / (1 + x²). */
export const atan = defineOperator({
  opType: 'Atan',
  infer: likeInput(),
  vjp: ({ b, ct, input }) => {
    const { add, div, mul } = arithmetic(b);
    return [div(ct, add(1, mul(input(0), input(0))))];
  },
  samples: [{ title: 'both signs', inputs: [{ dims: [2, 4], range: [-3, 3] }] }],
});
