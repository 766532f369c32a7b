import { defineOperator, many } from './define.ts';
import { broadcastOf } from './shared/elementwise.ts';
import { evaluateElementwise } from './shared/evaluate.ts';

/** The sum of any number of values with broadcasting; each gets ct. */
export const sum = defineOperator({
  opType: 'Sum',
  arity: { inputs: [1, many], outputs: [1, 1] },
  infer: broadcastOf('float32'),
  vjp: ({ ct, inputs }) => inputs.map(() => ct),
  evaluate: evaluateElementwise((...values) => values.reduce((total, value) => total + value, 0)),
  samples: [
    { title: 'one input', inputs: [{ dims: [4] }] },
    { title: 'three inputs, broadcast', inputs: [{ dims: [2, 3] }, { dims: [3] }, { dims: [2, 1] }] },
  ],
});
