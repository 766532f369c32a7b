import { z } from 'zod';
import { int } from '../graph/ir.ts';
import { defineAttribution } from './define.ts';
import { upsampled } from './shared/heat.ts';
import { layerReference } from '../method/params.ts';

/**
 * L = ReLU(Σ_k w_k A_k), w_k = Σ_ij α_k(i,j) · ReLU(g_k(i,j)), g = ∂S/∂A,
 * α = g² / (2 g² + (Σ_ab A(a,b)) · g³), 0 where the denominator is. The powers of g stand for the higher
 * derivatives of exp(S), eq. 19 for a network that is piecewise linear in A.
 */
export const gradCamPlusPlus = defineAttribution({
  id: 'gradCamPlusPlus',
  title: 'Grad-CAM++',
  description: 'Grad-CAM with weights that count several instances of the class.',
  citation: 'Chattopadhyay et al. 2018, eq. 13 and 19',
  params: z.object({ layer: layerReference() }),
  emit({ b, network, gradient, layer: resolve }, { layer }) {
    const { value } = resolve(layer);
    const [slope = ''] = gradient([value]);
    const over = (axes: readonly number[], x: string) =>
      b.add('ReduceSum', [x, b.axes(axes)], { keepdims: int(1) });
    const square = b.add('Mul', [slope, slope]);
    const cubes = b.add('Mul', [over([2, 3], value), b.add('Mul', [square, slope])]);
    const denominator = b.add('Add', [b.add('Mul', [square, b.scalar(2)]), cubes]);
    const isZero = b.add('Equal', [denominator, b.scalar(0)]);
    const alpha = b.add('Where', [
      isZero,
      b.scalar(0),
      b.add('Div', [square, b.add('Where', [isZero, b.scalar(1), denominator])]),
    ]);
    const weights = over([2, 3], b.add('Mul', [alpha, b.add('Relu', [slope])]));
    const map = b.add('Relu', [over([1], b.add('Mul', [value, weights]))]);
    return { attribution: map, heat: upsampled(b, map, network.image), signed: false };
  },
});
