import type { BackwardRule } from '../composite.ts';
import { ownDerivative } from './shared/ownDerivative.ts';

/**
 * R↓ = R↑ · 1[unit active] · 1[R↑ > 0]: positive evidence through active units only. It is the
 * operator's own derivative applied to the rectified signal, so it holds for ReLU6 as for ReLU.
 */
export const guidedBackprop: BackwardRule = {
  id: 'guidedBackprop',
  title: 'Guided backpropagation',
  citation: 'Springenberg et al. 2015, fig. 1c',
  vjp: (context) => ownDerivative(context, context.b.add('Relu', [context.ct])),
};
