import { LoupeError } from '../../../base/errors.ts';
import type { VjpContext } from '../../../ops/define.ts';
import { operatorOf } from '../../../ops/registry.ts';

/** Jᵀ ct: the operator's own derivative applied to another cotangent than the one that arrived. */
export function ownDerivative(context: VjpContext, ct: string): readonly (string | undefined)[] {
  const { vjp } = operatorOf(context.node);
  if (typeof vjp === 'string')
    throw new LoupeError('internal', `${context.node.opType} has no derivative that a rule could use.`);
  return vjp({ ...context, ct, cts: [ct] });
}
