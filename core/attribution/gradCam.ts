import { z } from 'zod';
import { defineAttribution } from './define.ts';
import { gradCamMap } from './shared/gradCamMap.ts';
import { upsampled } from './shared/heat.ts';
import { layerReference } from '../method/params.ts';

/** L = ReLU(Σ_k α_k A_k), α_k = mean_ij ∂S/∂A_k(i, j). */
export const gradCam = defineAttribution({
  id: 'gradCam',
  title: 'Grad-CAM',
  description: 'Which parts of a layer speak for the class.',
  citation: 'Selvaraju et al. 2017, eq. 1-2',
  params: z.object({
    layer: layerReference(),
    relu: z
      .boolean()
      .default(true)
      .meta({ title: 'ReLU', description: 'keep only what speaks for the class' }),
  }),
  emit(context, { layer, relu }) {
    const { b, network } = context;
    const map = gradCamMap(context, context.layer(layer));
    const attribution = relu ? b.add('Relu', [map]) : map;
    return { attribution, heat: upsampled(b, attribution, network.image), signed: !relu };
  },
});
