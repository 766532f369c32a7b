import { type Tensor, floatsOf, tensor } from '../../base/tensor.ts';

/** Luma of BT.601, as in YCbCr. */
const lumaWeights = [0.299, 0.587, 0.114] as const;

/**
 * The luma of `shapes` with the chroma of `colours`, both [1, 3, H, W] (Gatys et al. 2016b, section 4; neural-style's
 * `original_colors`). Cb and Cr are multiples of B − Y and R − Y, so they stay if all three channels move by the
 * difference of lumas; what then leaves [0, 1] is clipped.
 */
export function withLumaOf(shapes: Tensor, colours: Tensor): Tensor {
  const [from, to] = [floatsOf(shapes), floatsOf(colours)];
  const plane = to.length / 3;
  const result = new Float32Array(to.length);
  for (let pixel = 0; pixel < plane; pixel++) {
    let difference = 0;
    for (const [channel, weight] of lumaWeights.entries()) {
      const at = channel * plane + pixel;
      difference += weight * ((from[at] ?? 0) - (to[at] ?? 0));
    }
    for (let at = pixel; at < to.length; at += plane) {
      result[at] = Math.min(1, Math.max(0, (to[at] ?? 0) + difference));
    }
  }
  return tensor('float32', result, colours.dims);
}
