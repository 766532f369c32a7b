import { z } from 'zod';
import { reduction } from '../method/params.ts';
import { defineAttribution } from './define.ts';
import { zPlusComposite } from './shared/composites.ts';
import { inputShaped } from './shared/heat.ts';
import { relevanceAtInput, stabilizer } from './shared/relevance.ts';

/** R_i = Σ_j (x_i w_ij)⁺/Σ_k (x_k w_kj)⁺ R_j on convolutions, from the score down to the normalized image. */
export const lrpZPlus = defineAttribution({
  id: 'lrpZPlus',
  title: 'LRP-z⁺',
  description:
    "The score shared out layer by layer among what speaks for each unit; smoother than LRP-ε. Counted from the network's own zero, the mean colour.",
  citation: 'Montavon et al. 2017 (z⁺-rule); Bach et al. 2015, eq. 60 with α = 1, β = 0',
  params: z.object({
    stabilizer: stabilizer(),
    dense: z.enum(['epsilon', 'zPlus']).default('epsilon').meta({
      title: 'Dense layers',
      description: 'the rule on Gemm and MatMul: epsilon keeps what speaks against the class',
    }),
    channels: reduction('signed'),
  }),
  emit(context, { stabilizer, dense, channels }) {
    return inputShaped(context.b, relevanceAtInput(context, zPlusComposite(stabilizer, dense)), channels);
  },
});
