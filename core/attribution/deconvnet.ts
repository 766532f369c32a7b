import { z } from 'zod';
import { defineAttribution } from './define.ts';
import { deconvolution, requireRectifiers } from './shared/composites.ts';
import { inputShaped } from './shared/heat.ts';
import { reduction } from './shared/params.ts';
import { slopeReading } from './shared/readings.ts';

export const deconvnet = defineAttribution({
  id: 'deconvnet',
  title: 'Deconvolutional network',
  description: 'The class score projected back with rectified signals.',
  citation: 'Zeiler and Fergus 2014, sec. 2.1',
  reading: slopeReading,
  params: z.object({ channels: reduction('signed') }),
  emit(context, { channels }) {
    requireRectifiers(context, 'Deconvnet');
    const [signal = ''] = context.gradient([context.network.image], deconvolution);
    return inputShaped(context.b, signal, channels);
  },
});
