import { LoupeError } from '../base/errors.ts';
import { normalizeAxis } from '../base/shape.ts';
import { int64 } from '../base/tensor.ts';
import { readInt } from '../graph/attributes.ts';
import { int } from '../graph/ir.ts';
import { defineOperator } from './define.ts';
import { numeric, requireType } from './shared/elementwise.ts';

/**
 * The k largest (or smallest) elements along an axis, and their indices.
 * dx is zero but for the cotangents of the values, scattered to where the values came from.
 */
export const topK = defineOperator({
  opType: 'TopK',
  arity: { inputs: [2, 2], outputs: [1, 2] },
  attributes: { axis: 'int', largest: 'int', sorted: 'int' },
  infer: ({ input, integers, node }) => {
    requireType(input(0), numeric);
    const { type, shape } = input(0);
    const axis = normalizeAxis(readInt(node, 'axis', -1), shape.length);
    const [k = 0] = integers(1);
    const length = shape[axis] ?? 0;
    if (k > length || k < 0) throw new LoupeError('badGraph', `it takes ${k} of ${length} elements.`);
    const taken = shape.with(axis, k);
    return [
      { type, shape: taken },
      { type: 'int64', shape: taken },
    ];
  },
  vjp: ({ b, cts: [ct], input, node, output, shapeOf }) => {
    if (ct === undefined) return [];
    const shape = shapeOf(input(0));
    const axis = int(normalizeAxis(readInt(node, 'axis', -1), shape.length));
    const zeros = b.add('Expand', [b.scalar(0), b.axes(shape)]);
    return [b.add('ScatterElements', [zeros, output(1), ct], { axis })];
  },
  samples: [
    { title: 'the largest two', inputs: [{ dims: [2, 5], distinct: true }, int64([2])], outputs: 2 },
    {
      title: 'the smallest along the channels',
      inputs: [{ dims: [2, 4, 3], distinct: true }, int64([3])],
      attributes: { axis: int(1), largest: int(0) },
      outputs: 2,
    },
  ],
});
