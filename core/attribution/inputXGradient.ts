import { z } from 'zod';
import { defineAttribution } from './define.ts';
import { inputShaped } from './shared/heat.ts';
import { reduction } from '../method/params.ts';

/** x ⊙ ∂S/∂x, with x in pixels of [0, 1]: black has no attribution. */
export const inputXGradient = defineAttribution({
  id: 'inputXGradient',
  title: 'Input × gradient',
  description: 'First-order contribution of each pixel, counted from black.',
  citation: 'Shrikumar et al. 2016, sec. 3',
  params: z.object({ channels: reduction('signed') }),
  emit({ b, network, gradient }, { channels }) {
    const [slope = ''] = gradient([network.image]);
    return inputShaped(b, b.add('Mul', [network.image, slope]), channels);
  },
});
