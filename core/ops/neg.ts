import { defineOperator } from './define.ts';
import { likeInput } from './shared/elementwise.ts';
import { evaluateElementwise } from './shared/evaluate.ts';

/** y = −x; dx = −ct. */
export const neg = defineOperator({
  opType: 'Neg',
  infer: likeInput('float32', 'int64', 'int32', 'int8'),
  vjp: ({ b, ct }) => [b.add('Neg', [ct])],
  evaluate: evaluateElementwise((x) => -x),
  samples: [{ title: 'both signs', inputs: [{ dims: [2, 3] }] }],
});
