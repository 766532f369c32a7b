import { defineOperator } from './define.ts';
import { broadcast } from './shared/broadcast.ts';
import { evaluateElementwise } from './shared/evaluate.ts';

/** y = a + b with broadcasting; da = db = ct. */
export const add = defineOperator({
  opType: 'Add',
  arity: { inputs: [2, 2], outputs: [1, 1] },
  infer: broadcast,
  vjp: ({ ct }) => [ct, ct],
  evaluate: evaluateElementwise((a, b) => a + b),
  samples: [
    { title: 'equal shapes', inputs: [{ dims: [2, 3] }, { dims: [2, 3] }] },
    { title: 'both sides broadcast', inputs: [{ dims: [2, 1, 4] }, { dims: [3, 1] }] },
  ],
});
