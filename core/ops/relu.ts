import { loupeDomain } from '../graph/ir.ts';
import { defineOperator } from './define.ts';

const away = { points: [0], margin: 0.1 };

/** y = max(x, 0); dx = ct where y > 0. */
export const relu = defineOperator({
  opType: 'Relu',
  infer: ({ input }) => [input(0)],
  vjp: ({ b, ct, output }) => [b.add('ReluGrad', [output(0), ct], {}, { domain: loupeDomain })],
  samples: [{ title: 'both signs', inputs: [{ dims: [2, 3, 4], avoid: away }] }],
});

/**
 * ReluGrad(y, ct) = ct where y > 0, else 0. It keeps the mask apart from the ways of computing it,
 * which differ by device. Linear in ct; piecewise constant in y.
 */
export const reluGrad = defineOperator({
  opType: 'ReluGrad',
  domain: loupeDomain,
  arity: { inputs: [2, 2], outputs: [1, 1] },
  infer: ({ input }) => [input(1)],
  vjp: ({ b, ct, input }) => [undefined, b.add('ReluGrad', [input(0), ct], {}, { domain: loupeDomain })],
  samples: [{ title: 'both signs', inputs: [{ dims: [2, 3, 4], avoid: away }, { dims: [2, 3, 4] }] }],
});
