import type { BackwardRule } from '../composite.ts';
import { epsilonCotangents } from './shared/linear.ts';

/**
 * R_i = Σ_j z_ij/(z_j + ε·sign z_j) R_j for a layer that is linear in its active inputs, z_j = Σ_i z_ij + b_j.
 * In cotangents, R = value ⊙ ct: ct_in = Jᵀ(ct ⊙ z/(z + ε·sign z)), the plain gradient as ε → 0. Active values that are
 * added, averaged, convolved … are layers of that kind; products of two are refused.
 *
 * @param stabilizer ε > 0, in the unit of the layer's output.
 */
export const lrpEpsilon = (stabilizer: number): BackwardRule => ({
  id: 'lrpEpsilon',
  title: 'LRP-ε',
  citation: 'Bach et al. 2015, eq. 58; Montavon et al. 2019, sec. 10.2',
  vjp: (context) => epsilonCotangents(context, stabilizer),
});
