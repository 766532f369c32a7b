import { z } from 'zod';
import { defineAttribution } from './define.ts';
import { guided, rectifiedSignal } from './shared/composites.ts';
import { inputShaped } from './shared/heat.ts';
import { reduction } from '../method/params.ts';
import { slopeReading } from './shared/readings.ts';

export const guidedBackprop = defineAttribution({
  id: 'guidedBackprop',
  title: 'Guided backpropagation',
  description: 'The gradient that keeps only positive evidence through active ReLUs.',
  citation: 'Springenberg et al. 2015, sec. 3.4',
  reading: slopeReading,
  params: z.object({ channels: reduction('signed') }),
  emit(context, { channels }) {
    return inputShaped(context.b, rectifiedSignal(context, 'Guided backpropagation', guided), channels);
  },
});
