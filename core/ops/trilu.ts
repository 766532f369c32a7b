import { LoupeError } from '../base/errors.ts';
import { int64, numbersOf } from '../base/tensor.ts';
import { readInt } from '../graph/attributes.ts';
import { int } from '../graph/ir.ts';
import { defineOperator } from './define.ts';
import { coordinatesOf, take } from './shared/elements.ts';
import { constantInput } from './shared/evaluate.ts';

/** The upper (or lower) triangle of each matrix from diagonal k on, zeros elsewhere; dx = the same part of ct. */
export const trilu = defineOperator({
  opType: 'Trilu',
  arity: { inputs: [1, 2], outputs: [1, 1] },
  attributes: { upper: 'int' },
  infer: ({ input }) => {
    const { shape } = input(0);
    if (shape.length < 2)
      throw new LoupeError('badGraph', `its input has ${shape.length} axes, fewer than 2.`);
    return [input(0)];
  },
  vjp: ({ b, ct, inputs: [, ...diagonal], node }) => [b.add('Trilu', [ct, ...diagonal], node.attributes)],
  evaluate: (inputs, node) => {
    const source = constantInput(inputs, 0);
    const k = inputs[1] === undefined ? 0 : (numbersOf(inputs[1])[0] ?? 0);
    const upper = readInt(node, 'upper', 1) === 1;
    const positions = coordinatesOf(source.dims).map((place, at) => {
      const diagonal = (place.at(-1) ?? 0) - (place.at(-2) ?? 0);
      return (upper ? diagonal >= k : diagonal <= k) ? at : -1;
    });
    return [take(source, positions, source.dims)];
  },
  samples: [
    { title: 'upper', inputs: [{ dims: [2, 3, 4] }] },
    { title: 'lower, diagonal 1', inputs: [{ dims: [3, 4] }, int64([1], [])], attributes: { upper: int(0) } },
  ],
});
