import { LoupeError } from '../../base/errors.ts';
import { broadcastShapes } from '../../base/shape.ts';
import type { ValueType } from '../../graph/ir.ts';
import type { ShapeContext } from '../define.ts';

/** Shape rule of elementwise operators: inputs of one type, broadcast together. */
export function broadcast({ inputs, input }: ShapeContext): ValueType[] {
  const { type } = input(0);
  const present = inputs.filter((value) => value !== undefined);
  const odd = present.find((value) => value.type !== type);
  if (odd !== undefined) throw new LoupeError('badGraph', `it mixes ${type} and ${odd.type}.`);
  return [{ type, shape: broadcastShapes(...present.map((value) => value.shape)) }];
}

/** Shape rule of comparisons: as `broadcast`, but the result is bool. */
export function compare(context: ShapeContext): ValueType[] {
  return broadcast(context).map(({ shape }) => ({ type: 'bool', shape }));
}
