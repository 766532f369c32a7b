import { defineOperator } from './define.ts';
import { likeInput } from './shared/elementwise.ts';
import { evaluateElementwise } from './shared/evaluate.ts';

/** y = ⌈x⌉: piecewise constant. */
export const ceil = defineOperator({
  opType: 'Ceil',
  infer: likeInput(),
  vjp: 'zero',
  evaluate: evaluateElementwise(Math.ceil),
  samples: [
    {
      title: 'both signs',
      inputs: [{ dims: [2, 4], range: [-2, 2], avoid: { points: [-2, -1, 0, 1, 2], margin: 0.1 } }],
    },
  ],
});
