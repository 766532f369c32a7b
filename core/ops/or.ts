import { bool } from '../base/tensor.ts';
import { defineOperator } from './define.ts';
import { broadcastOf } from './shared/elementwise.ts';
import { evaluateElementwise } from './shared/evaluate.ts';

/** a ∨ b of booleans, with broadcasting. */
export const or = defineOperator({
  opType: 'Or',
  arity: { inputs: [2, 2], outputs: [1, 1] },
  infer: broadcastOf('bool'),
  vjp: 'zero',
  evaluate: evaluateElementwise((a, b) => Number(a !== 0 || b !== 0)),
  samples: [{ title: 'all four cases', inputs: [bool([false, true], [2, 1]), bool([false, true])] }],
});
