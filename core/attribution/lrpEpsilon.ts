import { z } from 'zod';
import { reduction } from '../method/params.ts';
import { defineAttribution } from './define.ts';
import { epsilonComposite } from './shared/composites.ts';
import { inputShaped } from './shared/heat.ts';
import { relevanceAtInput, stabilizer } from './shared/relevance.ts';

/** R_i = Σ_j z_ij/(z_j + ε·sign z_j) R_j from the score down to the normalized image. */
export const lrpEpsilon = defineAttribution({
  id: 'lrpEpsilon',
  title: 'LRP-ε',
  description:
    "The score shared out layer by layer, to each value in proportion to its contribution; counted from the network's own zero, the mean colour.",
  citation: 'Bach et al. 2015, eq. 58',
  params: z.object({ stabilizer: stabilizer(), channels: reduction('signed') }),
  emit(context, { stabilizer, channels }) {
    return inputShaped(context.b, relevanceAtInput(context, epsilonComposite(stabilizer)), channels);
  },
});
