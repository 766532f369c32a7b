import { z } from 'zod';
import { int } from '../graph/ir.ts';
import { defineAttribution } from './define.ts';
import { findPooledFeatures } from './shared/classActivation.ts';
import { upsampled } from './shared/heat.ts';

/**
 * M(i, j) = Σ_k w_k A_k(i, j), where S = Σ_k w_k mean(A_k) + b. The layers after the pooling are
 * linear, so w is the derivative of S by the pooled features. On such a net CAM = (h·w) · Grad-CAM.
 */
export const cam = defineAttribution({
  id: 'cam',
  title: 'Class activation map',
  description:
    'The feature maps weighted as the classifier weights them; needs global average pooling and a linear layer.',
  citation: 'Zhou et al. 2016, eq. 2',
  params: z.object({}),
  emit({ b, network, gradient }) {
    const { maps, pooled } = findPooledFeatures(network);
    const [slope = ''] = gradient([pooled]);
    const [batch = 1, channels = 1] = b.shapeOf(maps);
    const weights = b.add('Reshape', [slope, b.axes([batch, channels, 1, 1])]);
    const map = b.add('ReduceSum', [b.add('Mul', [maps, weights]), b.axes([1])], { keepdims: int(1) });
    return { attribution: map, heat: upsampled(b, map, network.image), signed: true };
  },
});
