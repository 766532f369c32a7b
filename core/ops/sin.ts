import { defineOperator } from './define.ts';
import { likeInput } from './shared/elementwise.ts';

/** y = sin x; dx = ct·cos x. */
export const sin = defineOperator({
  opType: 'Sin',
  infer: likeInput(),
  vjp: ({ b, ct, input }) => [b.add('Mul', [ct, b.add('Cos', [input(0)])])],
  samples: [{ title: 'a whole turn', inputs: [{ dims: [2, 4], range: [-3, 3] }] }],
});
