import { z } from 'zod';
import { defineAttribution } from './define.ts';
import { deconvolution, rectifiedSignal } from './shared/composites.ts';
import { inputShaped } from './shared/heat.ts';
import { reduction } from '../method/params.ts';
import { slopeReading } from './shared/readings.ts';

export const deconvnet = defineAttribution({
  id: 'deconvnet',
  title: 'Deconvolutional network',
  description: 'The class score projected back with rectified signals.',
  citation: 'Zeiler and Fergus 2014, sec. 2.1',
  reading: slopeReading,
  params: z.object({ channels: reduction('signed') }),
  emit(context, { channels }) {
    return inputShaped(context.b, rectifiedSignal(context, 'Deconvnet', deconvolution), channels);
  },
});
