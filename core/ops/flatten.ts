import { normalizeAxis, sizeOf } from '../base/shape.ts';
import { readInt } from '../graph/attributes.ts';
import { int } from '../graph/ir.ts';
import { defineOperator } from './define.ts';
import { evaluateView, viewVjp } from './shared/view.ts';

/** The elements of x as a matrix: the axes before `axis` are its rows. */
export const flatten = defineOperator({
  opType: 'Flatten',
  attributes: { axis: 'int' },
  infer: ({ node, input }) => {
    const { type, shape } = input(0);
    const given = readInt(node, 'axis', 1);
    const axis = given === shape.length ? given : normalizeAxis(given, Math.max(1, shape.length));
    return [{ type, shape: [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))] }];
  },
  vjp: viewVjp,
  evaluate: evaluateView,
  samples: [
    { title: 'the default', inputs: [{ dims: [2, 3, 2] }] },
    { title: 'axis 0', inputs: [{ dims: [2, 3] }], attributes: { axis: int(0) } },
    { title: 'negative axis', inputs: [{ dims: [2, 3, 2, 2] }], attributes: { axis: int(-1) } },
  ],
});
