import { defineOperator } from './define.ts';
import { likeInput } from './shared/elementwise.ts';

/** y = ln(1 + e^x); dx = ct·sigmoid(x). */
export const softplus = defineOperator({
  opType: 'Softplus',
  infer: likeInput(),
  vjp: ({ b, ct, input }) => [b.add('Mul', [ct, b.add('Sigmoid', [input(0)])])],
  samples: [{ title: 'both signs', inputs: [{ dims: [2, 4], range: [-2, 2] }] }],
});
