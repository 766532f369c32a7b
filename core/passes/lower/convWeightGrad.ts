import { sizeOf } from '../../base/shape.ts';
import { loupeDomain } from '../../graph/ir.ts';
import {
  type WeightGradFormulation,
  type WeightGradProblem,
  weightGradProblem,
} from './convWeightGrad/problem.ts';
import { asTapProducts } from './convWeightGrad/products.ts';
import { asSeparable } from './convWeightGrad/separable.ts';
import { asSwapped } from './convWeightGrad/swapped.ts';
import type { Lower, Lowering } from './define.ts';

/** With more taps than this, one product for each would be too many nodes. */
const fewTaps = 25;

/** Matrix products are two to four times faster than a convolution whose weights are not constant. */
function choose({ convolution: { group, windows } }: WeightGradProblem): WeightGradFormulation {
  const taps = sizeOf(windows.kernel);
  if (taps === 1) return asTapProducts;
  if (group > 1) return asSwapped;
  const unitStride = windows.strides.every((stride) => stride === 1);
  if (unitStride && windows.kernel.length === 2) return asSeparable;
  return taps <= fewTaps ? asTapProducts : asSwapped;
}

const lower: Lower = (node, b) => {
  const problem = weightGradProblem(node, b);
  return [choose(problem)(b, problem)];
};

export const convWeightGrad: Lowering = {
  opType: 'ConvWeightGrad',
  domain: loupeDomain,
  cpu: lower,
  webgpu: lower,
};
