import { LoupeError } from '../../base/errors.ts';
import { operatorOf } from '../../ops/registry.ts';
import type { BackwardRule } from '../composite.ts';

/**
 * R↓ = R↑ · 1[unit active] · 1[R↑ > 0]: positive evidence through active units only. It is the
 * operator's own derivative applied to the rectified signal, so it holds for ReLU6 as for ReLU.
 */
export const guidedBackprop: BackwardRule = {
  id: 'guidedBackprop',
  title: 'Guided backpropagation',
  citation: 'Springenberg et al. 2015, fig. 1c',
  vjp: (context) => {
    const { vjp } = operatorOf(context.node);
    if (typeof vjp === 'string')
      throw new LoupeError('internal', `${context.node.opType} has no derivative to guide.`);
    const positive = context.b.add('Relu', [context.ct]);
    return vjp({ ...context, ct: positive, cts: [positive] });
  },
};
