import { bool } from '../base/tensor.ts';
import { defineOperator } from './define.ts';
import { likeInput } from './shared/elementwise.ts';
import { evaluateElementwise } from './shared/evaluate.ts';

/** y = ¬x; of booleans there is no derivative to pass on. */
export const not = defineOperator({
  opType: 'Not',
  infer: likeInput('bool'),
  vjp: 'zero',
  evaluate: evaluateElementwise((x) => Number(x === 0)),
  samples: [{ title: 'both values', inputs: [bool([true, false, true])] }],
});
