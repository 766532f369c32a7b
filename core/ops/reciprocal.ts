import { defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { likeInput } from './shared/elementwise.ts';
import { evaluateElementwise } from './shared/evaluate.ts';

/** y = 1/x; dx = −ct·y². */
export const reciprocal = defineOperator({
  opType: 'Reciprocal',
  infer: likeInput(),
  vjp: ({ b, ct, output }) => {
    const { apply, mul } = arithmetic(b);
    return [apply('Neg', mul(ct, mul(output(0), output(0))))];
  },
  evaluate: evaluateElementwise((x) => 1 / x),
  samples: [
    { title: 'both signs', inputs: [{ dims: [2, 5], range: [-2, 2], avoid: { points: [0], margin: 0.4 } }] },
  ],
});
