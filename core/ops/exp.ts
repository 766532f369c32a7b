import { defineOperator } from './define.ts';
import { likeInput } from './shared/elementwise.ts';
import { evaluateElementwise } from './shared/evaluate.ts';

/** y = e^x; dx = ct·y. */
export const exp = defineOperator({
  opType: 'Exp',
  infer: likeInput(),
  vjp: ({ b, ct, output }) => [b.add('Mul', [ct, output(0)])],
  evaluate: evaluateElementwise(Math.exp),
  samples: [{ title: 'both signs', inputs: [{ dims: [2, 3] }] }],
});
