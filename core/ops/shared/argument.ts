import { normalizeAxis } from '../../base/shape.ts';
import { readInt } from '../../graph/attributes.ts';
import type { ValueType } from '../../graph/ir.ts';
import type { ShapeContext } from '../define.ts';
import { reducedShape } from './reduce.ts';

/** Attributes of ArgMax and ArgMin. */
export const argumentForm = { axis: 'int', keepdims: 'int', select_last_index: 'int' } as const;

/** Shape rule of ArgMax and ArgMin: one axis becomes an index. */
export function argumentTypes({ node, input }: ShapeContext): ValueType[] {
  const { shape } = input(0);
  const axis = normalizeAxis(readInt(node, 'axis', 0), shape.length);
  return [{ type: 'int64', shape: reducedShape(shape, [axis], readInt(node, 'keepdims', 1) === 1) }];
}
