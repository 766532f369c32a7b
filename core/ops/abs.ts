import { defineOperator } from './define.ts';
import { likeInput, numeric } from './shared/elementwise.ts';
import { evaluateElementwise } from './shared/evaluate.ts';

/** y = |x|; dx = ct·sign(x), which is 0 at 0. */
export const abs = defineOperator({
  opType: 'Abs',
  infer: likeInput(...numeric),
  vjp: ({ b, ct, input }) => [b.add('Mul', [ct, b.add('Sign', [input(0)])])],
  evaluate: evaluateElementwise(Math.abs),
  samples: [{ title: 'both signs', inputs: [{ dims: [2, 5], avoid: { points: [0], margin: 0.1 } }] }],
});
