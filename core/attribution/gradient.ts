import { z } from 'zod';
import { defineAttribution } from './define.ts';
import { inputShaped } from './shared/heat.ts';
import { reduction } from '../method/params.ts';
import { slopeReading } from './shared/readings.ts';

/** ∂S/∂x. */
export const gradient = defineAttribution({
  id: 'gradient',
  title: 'Saliency (gradient)',
  description: 'How the class score changes with each pixel.',
  citation: 'Simonyan et al. 2014, sec. 3.1',
  reading: slopeReading,
  params: z.object({ channels: reduction('abs') }),
  emit({ b, network, gradient }, { channels }) {
    const [slope = ''] = gradient([network.image]);
    return inputShaped(b, slope, channels);
  },
});
