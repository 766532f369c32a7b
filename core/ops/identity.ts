import { defineOperator } from './define.ts';
import { constantInput } from './shared/evaluate.ts';

/** y = x. */
export const identity = defineOperator({
  opType: 'Identity',
  infer: ({ input }) => [input(0)],
  vjp: ({ ct }) => [ct],
  evaluate: (inputs) => [constantInput(inputs, 0)],
  samples: [{ title: 'rank 2', inputs: [{ dims: [2, 3] }] }],
});
