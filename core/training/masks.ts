import { sizeOf } from '../base/shape.ts';
import { type Tensor, tensor } from '../base/tensor.ts';
import { randomOf } from '../data/seeds.ts';
import type { Mask } from './forward.ts';
import { purposes } from './purposes.ts';

/** Dropout masks of one step: 0 with probability `ratio`, else 1/(1 − ratio) (Srivastava et al. 2014, inverted). */
export function drawMasks(masks: readonly Mask[], seed: number, step: number): Record<string, Tensor> {
  return Object.fromEntries(
    masks.map(({ input, shape, ratio }, index) => {
      const random = randomOf(seed, purposes.masks, step, index);
      const kept = 1 / (1 - ratio);
      const values = Float32Array.from({ length: sizeOf(shape) }, () =>
        random.uniform() < ratio ? 0 : kept,
      );
      return [input, tensor('float32', values, shape)];
    }),
  );
}
