import type { BackwardRule } from '../composite.ts';
import { stabilized } from './shared/stabilizer.ts';

/**
 * R_in = R_out for y = f(x) element by element, so ct_in = ct ⊙ y/x, x stabilized. An x of 0 has no relevance to carry on.
 *
 * @param stabilizer ε > 0, in the unit of x.
 */
export const lrpActivation = (stabilizer: number): BackwardRule => ({
  id: 'lrpActivation',
  title: 'LRP through an activation',
  citation: 'Montavon et al. 2019, sec. 10.2',
  vjp: ({ b, ct, input, needs, output }) => {
    if (!needs(0)) return [];
    const slope = b.add('Div', [output(0), stabilized(b, input(0), stabilizer)]);
    return [b.add('Mul', [ct, slope])];
  },
});
