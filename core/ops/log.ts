import { defineOperator } from './define.ts';
import { likeInput } from './shared/elementwise.ts';
import { evaluateElementwise } from './shared/evaluate.ts';

/** y = ln x; dx = ct/x. */
export const log = defineOperator({
  opType: 'Log',
  infer: likeInput(),
  vjp: ({ b, ct, input }) => [b.add('Div', [ct, input(0)])],
  evaluate: evaluateElementwise(Math.log),
  samples: [{ title: 'positive', inputs: [{ dims: [2, 3], range: [0.3, 2] }] }],
});
