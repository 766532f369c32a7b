import { defineOperator, many } from './define.ts';
import { broadcastOf } from './shared/elementwise.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { evaluateElementwise } from './shared/evaluate.ts';

/** The mean of n values with broadcasting; each gets ct/n. */
export const mean = defineOperator({
  opType: 'Mean',
  arity: { inputs: [1, many], outputs: [1, 1] },
  infer: broadcastOf('float32'),
  vjp: ({ b, ct, inputs }) => {
    const share = arithmetic(b).mul(ct, 1 / inputs.length);
    return inputs.map(() => share);
  },
  evaluate: evaluateElementwise((...values) => values.reduce((sum, value) => sum + value, 0) / values.length),
  samples: [
    { title: 'one input', inputs: [{ dims: [4] }] },
    { title: 'three inputs, broadcast', inputs: [{ dims: [2, 3] }, { dims: [3] }, { dims: [2, 1] }] },
  ],
});
