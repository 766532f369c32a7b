import { int } from '../../graph/ir.ts';
import type { Layer } from '../../model/layers.ts';
import type { AttributionContext } from '../define.ts';

/** Σ_k mean_ij(∂S/∂A_k) · A_k, before any ReLU: [N, 1, h, w] (Selvaraju et al. 2017, eq. 1-2). */
export function gradCamMap({ b, gradient }: AttributionContext, layer: Layer): string {
  const [slope = ''] = gradient([layer.value]);
  const weights = b.add('GlobalAveragePool', [slope]);
  return b.add('ReduceSum', [b.add('Mul', [layer.value, weights]), b.axes([1])], { keepdims: int(1) });
}
