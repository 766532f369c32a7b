import { defineOperator } from './define.ts';
import { broadcastOf, numeric } from './shared/elementwise.ts';
import { evaluateElementwise } from './shared/evaluate.ts';

/** y = a·b with broadcasting; da = ct·b, db = ct·a. */
export const mul = defineOperator({
  opType: 'Mul',
  arity: { inputs: [2, 2], outputs: [1, 1] },
  infer: broadcastOf(...numeric),
  vjp: ({ b, ct, input, needs }) => [
    needs(0) ? b.add('Mul', [ct, input(1)]) : undefined,
    needs(1) ? b.add('Mul', [ct, input(0)]) : undefined,
  ],
  evaluate: evaluateElementwise((a, b) => a * b),
  samples: [
    { title: 'equal shapes', inputs: [{ dims: [2, 3] }, { dims: [2, 3] }] },
    { title: 'both sides broadcast', inputs: [{ dims: [2, 1, 4] }, { dims: [3, 1] }] },
  ],
});
