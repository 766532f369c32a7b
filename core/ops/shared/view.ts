import { LoupeError } from '../../base/errors.ts';
import { tensor } from '../../base/tensor.ts';
import type { OperatorDefinition, Vjp } from '../define.ts';
import { constantInput } from './evaluate.ts';
import { reshaped } from './movement.ts';

/** Rule of operators that only give the elements of their first input another shape: dx = ct in the shape of x. */
export const viewVjp: Vjp = ({ b, ct, input, shapeOf }) => [reshaped(b, ct, shapeOf(input(0)))];

/** Evaluation of such operators. */
export const evaluateView: NonNullable<OperatorDefinition['evaluate']> = (inputs, _node, [output]) => {
  if (output === undefined) throw new LoupeError('internal', 'A view has one output.');
  const { type, data } = constantInput(inputs, 0);
  return [tensor(type, data, output.shape)];
};
