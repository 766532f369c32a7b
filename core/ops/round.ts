import { defineOperator } from './define.ts';
import { likeInput } from './shared/elementwise.ts';
import { evaluateElementwise } from './shared/evaluate.ts';

/** y = x rounded to the nearest integer, halves to the even one: piecewise constant. */
export const round = defineOperator({
  opType: 'Round',
  infer: likeInput(),
  vjp: 'zero',
  evaluate: evaluateElementwise(roundHalfToEven),
  samples: [
    {
      title: 'away from the halves',
      inputs: [{ dims: [2, 4], range: [-2, 2], avoid: { points: [-1.5, -0.5, 0.5, 1.5], margin: 0.1 } }],
    },
  ],
});

function roundHalfToEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}
