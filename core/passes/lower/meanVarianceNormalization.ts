import { meanVarianceAxes, meanVarianceEpsilon, standardize } from '../../ops/shared/normalization.ts';
import type { Lowering } from './define.ts';

/** By single operators: WebGPU has no MeanVarianceNormalization. */
export const meanVarianceNormalization: Lowering = {
  opType: 'MeanVarianceNormalization',
  domain: '',
  webgpu: (node, b) => {
    const [x = ''] = node.inputs;
    const axes = meanVarianceAxes(node, b.shapeOf(x).length);
    return [standardize(b, x, axes, meanVarianceEpsilon).normalized];
  },
};
