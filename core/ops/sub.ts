import { defineOperator } from './define.ts';
import { broadcastOf, numeric } from './shared/elementwise.ts';
import { evaluateElementwise } from './shared/evaluate.ts';

/** y = a − b with broadcasting; da = ct, db = −ct. */
export const sub = defineOperator({
  opType: 'Sub',
  arity: { inputs: [2, 2], outputs: [1, 1] },
  infer: broadcastOf(...numeric),
  vjp: ({ b, ct, needs }) => [ct, needs(1) ? b.add('Neg', [ct]) : undefined],
  evaluate: evaluateElementwise((a, b) => a - b),
  samples: [
    { title: 'equal shapes', inputs: [{ dims: [2, 3] }, { dims: [2, 3] }] },
    { title: 'both sides broadcast', inputs: [{ dims: [2, 1, 4] }, { dims: [3, 1] }] },
  ],
});
