import { defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { broadcastOf, numeric } from './shared/elementwise.ts';
import { evaluateElementwise } from './shared/evaluate.ts';

const divisor = { range: [-2, 2], avoid: { points: [0], margin: 0.5 } } as const;

/** y = a/b with broadcasting, truncated for integers; da = ct/b, db = −ct·y/b. */
export const div = defineOperator({
  opType: 'Div',
  arity: { inputs: [2, 2], outputs: [1, 1] },
  infer: broadcastOf(...numeric),
  vjp: ({ b, ct, input, needs, output }) => {
    const { apply, div: divide, mul } = arithmetic(b);
    const share = divide(ct, input(1));
    return [share, needs(1) ? apply('Neg', mul(share, output(0))) : undefined];
  },
  evaluate: evaluateElementwise((a, b) => a / b),
  samples: [
    { title: 'equal shapes', inputs: [{ dims: [2, 3] }, { dims: [2, 3], ...divisor }] },
    { title: 'both sides broadcast', inputs: [{ dims: [2, 1, 4] }, { dims: [3, 1], ...divisor }] },
  ],
});
