import { loupeDomain } from '../../graph/ir.ts';
import type { BackwardRule } from '../composite.ts';

/** R↓ = R↑ · 1[y > 0] · 1[R↑ > 0]: positive evidence through active units only. */
export const guidedBackprop: BackwardRule = {
  id: 'guidedBackprop',
  title: 'Guided backpropagation',
  citation: 'Springenberg et al. 2015, fig. 1c',
  vjp: ({ b, ct, output }) => {
    const positive = b.add('Relu', [ct]);
    return [b.add('ReluGrad', [output(0), positive], {}, { domain: loupeDomain })];
  },
};
