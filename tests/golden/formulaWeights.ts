import { sizeOf } from '../../core/base/shape.ts';
import { type Tensor, float32 } from '../../core/base/tensor.ts';
import type { BuiltNetwork } from '../../core/nn/buildNetwork.ts';
import { stateDict } from '../../core/nn/stateDict.ts';
import { uniform } from './generator.ts';

/** The range of a parameter's values; architectures.py has the same. */
function boundsOf(name: string, { dims }: Tensor): readonly [number, number] {
  const leaf = name.slice(name.lastIndexOf('.') + 1);
  if (leaf === 'layer_scale') return [0.2, 0.5];
  if (dims.length > 1) {
    const bound = Math.sqrt(6 / sizeOf(dims.slice(1)));
    return [-bound, bound];
  }
  return leaf === 'bias' || leaf === 'running_mean' ? [-0.1, 0.1] : [0.8, 1.2];
}

/** Values that are a function of the parameters' names. */
export const formulaWeights = (built: BuiltNetwork): ReadonlyMap<string, Tensor> =>
  new Map(
    [...stateDict(built)].map(([name, value]) => [
      name,
      float32(uniform(name, sizeOf(value.dims), ...boundsOf(name, value)), value.dims),
    ]),
  );
