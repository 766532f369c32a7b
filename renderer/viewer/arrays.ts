import { expected } from '../../core/base/errors.ts';
import { decodeNpy } from '../../core/base/npy.ts';
import { formatShape } from '../../core/base/shape.ts';
import { type Tensor, floatsOf } from '../../core/base/tensor.ts';
import type { BaseImage, Plane } from './layer.ts';

/** A .npy file of float32 numbers as a plane: [H, W], or [1, H, W] and [1, 1, H, W] of one channel. */
export function planeFromNpy(bytes: Uint8Array, name: string): Plane {
  return planeOf(decodeNpy(bytes, name), name);
}

/** A tensor of one channel as a plane, sharing its numbers. */
export function planeOf(tensor: Tensor, name: string): Plane {
  const [width = 1, height = 1, ...further] = [...tensor.dims].reverse();
  if (tensor.dims.length < 2 || further.some((length) => length !== 1)) {
    throw expected('badArgument', {
      wanted: 'one channel, [H, W]',
      for: name,
      received: formatShape(tensor.dims),
      advice: 'Choose one of its channels.',
    });
  }
  return { width, height, values: floatsOf(tensor) };
}

/** Channel `index` of a tensor [C, H, W] or [1, C, H, W], sharing its numbers. */
export function channelOf(tensor: Tensor, index: number): Plane {
  const [width = 1, height = 1] = [...tensor.dims].reverse();
  const size = width * height;
  return { width, height, values: floatsOf(tensor).subarray(index * size, (index + 1) * size) };
}

/** How many channels a tensor [C, H, W] or [1, C, H, W] has; 1 for [H, W]. */
export const channelsOf = ({ dims }: Tensor): number => dims.at(-3) ?? 1;

/**
 * A picture [C, H, W] in [0, 1] with one (grey) or three channels as bytes, round(255 x) and clamped, as the exported PNG.
 */
export function imageOf(tensor: Tensor, key: string): BaseImage {
  const [width = 1, height = 1] = [...tensor.dims].reverse();
  const channels = channelsOf(tensor);
  const values = floatsOf(tensor);
  const size = width * height;
  const rgba = new Uint8ClampedArray(size * 4);
  for (let pixel = 0; pixel < size; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      const value = values[(channels === 1 ? 0 : channel * size) + pixel] ?? 0;
      rgba[pixel * 4 + channel] = Math.round(255 * value);
    }
    rgba[pixel * 4 + 3] = 255;
  }
  return { key, width, height, rgba };
}

/** a − b in levels of −255 to 255, the mean over the three colours; both of one size. */
export function pictureDifference(a: BaseImage, b: BaseImage): Plane {
  if (a.width !== b.width || a.height !== b.height) {
    throw expected('badArgument', {
      wanted: `a picture of ${a.width} × ${a.height} pixels`,
      for: 'the difference',
      received: `${b.width} × ${b.height}`,
    });
  }
  const values = Float32Array.from({ length: a.width * a.height }, (_, pixel) => {
    let sum = 0;
    for (let at = pixel * 4; at < pixel * 4 + 3; at++) sum += (a.rgba[at] ?? 0) - (b.rgba[at] ?? 0);
    return sum / 3;
  });
  return { width: a.width, height: a.height, values };
}

/** a − b, number by number; both of one size. */
export function planeDifference(a: Plane, b: Plane): Plane {
  if (a.width !== b.width || a.height !== b.height) {
    throw expected('badArgument', {
      wanted: `a map of ${a.width} × ${a.height}`,
      for: 'the difference',
      received: `${b.width} × ${b.height}`,
    });
  }
  return { ...a, values: a.values.map((value, at) => value - (b.values[at] ?? Number.NaN)) };
}
