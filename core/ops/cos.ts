import { defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { likeInput } from './shared/elementwise.ts';

/** y = cos x; dx = −ct·sin x. */
export const cos = defineOperator({
  opType: 'Cos',
  infer: likeInput(),
  vjp: ({ b, ct, input }) => {
    const { apply, mul } = arithmetic(b);
    return [apply('Neg', mul(ct, apply('Sin', input(0))))];
  },
  samples: [{ title: 'a whole turn', inputs: [{ dims: [2, 4], range: [-3, 3] }] }],
});
