import { defineOperator } from './define.ts';
import { likeInput, numeric } from './shared/elementwise.ts';
import { evaluateElementwise } from './shared/evaluate.ts';

/** y = −1, 0 or 1: piecewise constant. */
export const sign = defineOperator({
  opType: 'Sign',
  infer: likeInput(...numeric),
  vjp: 'zero',
  evaluate: evaluateElementwise(Math.sign),
  samples: [{ title: 'both signs', inputs: [{ dims: [2, 4], avoid: { points: [0], margin: 0.1 } }] }],
});
