import { normalizeAxis } from '../../base/shape.ts';
import { readInt } from '../../graph/attributes.ts';
import { type ValueType, int } from '../../graph/ir.ts';
import type { Sample, ShapeContext } from '../define.ts';
import { reducedShape } from './reduce.ts';

/** Attributes of ArgMax and ArgMin. */
export const argumentForm = { axis: 'int', keepdims: 'int', select_last_index: 'int' } as const;

/** Shape rule of ArgMax and ArgMin: one axis becomes an index. */
export function argumentTypes({ node, input }: ShapeContext): ValueType[] {
  const { shape } = input(0);
  const axis = normalizeAxis(readInt(node, 'axis', 0), shape.length);
  return [{ type: 'int64', shape: reducedShape(shape, [axis], readInt(node, 'keepdims', 1) === 1) }];
}

/** Samples of ArgMax and ArgMin. */
export const argumentSamples: readonly Sample[] = [
  { title: 'the first axis, kept', inputs: [{ dims: [3, 4], distinct: true }] },
  {
    title: 'the last axis, not kept',
    inputs: [{ dims: [3, 4], distinct: true }],
    attributes: { axis: int(-1), keepdims: int(0) },
  },
];
