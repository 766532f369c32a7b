import { z } from 'zod';
import { int } from '../graph/ir.ts';
import { defineAttribution } from './define.ts';
import { upsampled } from './shared/heat.ts';
import { layerReference } from '../method/params.ts';

/** L = ReLU(Σ_k ReLU(∂S/∂A_k) ⊙ A_k): each place weighted by its own gradient, so earlier layers give finer maps. */
export const layerCam = defineAttribution({
  id: 'layerCam',
  title: 'LayerCAM',
  description: 'Which places of a layer speak for the class, each weighted by its own gradient.',
  citation: 'Jiang et al. 2021, eq. 6-8',
  params: z.object({ layer: layerReference() }),
  emit({ b, network, gradient, layer: resolve }, { layer }) {
    const { value } = resolve(layer);
    const [slope = ''] = gradient([value]);
    const weighted = b.add('Mul', [value, b.add('Relu', [slope])]);
    const map = b.add('Relu', [b.add('ReduceSum', [weighted, b.axes([1])], { keepdims: int(1) })]);
    return { attribution: map, heat: upsampled(b, map, network.image), signed: false };
  },
});
