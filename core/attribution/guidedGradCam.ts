import { z } from 'zod';
import { defineAttribution } from './define.ts';
import { guided, rectifiedSignal } from './shared/composites.ts';
import { gradCamMap } from './shared/gradCamMap.ts';
import { inputShaped, upsampled } from './shared/heat.ts';
import { layerReference, reduction } from '../method/params.ts';
import { slopeReading } from './shared/readings.ts';

/** Guided backpropagation ⊙ upsampled Grad-CAM. */
export const guidedGradCam = defineAttribution({
  id: 'guidedGradCam',
  title: 'Guided Grad-CAM',
  description: 'Guided backpropagation where Grad-CAM finds the class.',
  citation: 'Selvaraju et al. 2017, sec. 3.2',
  reading: slopeReading,
  params: z.object({ layer: layerReference(), channels: reduction('signed') }),
  emit(context, { layer, channels }) {
    const { b, network } = context;
    const signal = rectifiedSignal(context, 'Guided Grad-CAM', guided);
    const map = upsampled(b, b.add('Relu', [gradCamMap(context, context.layer(layer))]), network.image);
    return inputShaped(b, b.add('Mul', [signal, map]), channels);
  },
});
