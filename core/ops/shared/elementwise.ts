import { LoupeError } from '../../base/errors.ts';
import type { ElementType } from '../../base/tensor.ts';
import type { ValueType } from '../../graph/ir.ts';
import type { OperatorDefinition, ShapeContext } from '../define.ts';
import { broadcast } from './broadcast.ts';

type Infer = OperatorDefinition['infer'];

/** The types with arithmetic: all but bool. */
export const numeric: readonly ElementType[] = ['float32', 'int64', 'int32', 'uint8', 'int8'];

export function requireType({ type }: ValueType, allowed: readonly ElementType[]): void {
  if (!allowed.includes(type)) {
    throw new LoupeError('badGraph', `it computes with ${allowed.join(', ')}, not with ${type}.`);
  }
}

/** Shape rule of an elementwise function of one input: the output is like the input, whose type must be allowed. */
export function likeInput(...allowed: readonly ElementType[]): Infer {
  return ({ input }) => {
    requireType(input(0), allowed.length === 0 ? ['float32'] : allowed);
    return [input(0)];
  };
}

/** Shape rule of elementwise operators with broadcasting on the allowed types. */
export function broadcastOf(...allowed: readonly ElementType[]): Infer {
  return (context: ShapeContext) => {
    requireType(context.input(0), allowed);
    return broadcast(context);
  };
}

/** Shape rule of tests on each element, as IsNaN. */
export function testOf(...allowed: readonly ElementType[]): Infer {
  return ({ input }) => {
    requireType(input(0), allowed);
    return [{ type: 'bool', shape: input(0).shape }];
  };
}
