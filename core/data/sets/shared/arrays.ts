import { expected } from '../../../base/errors.ts';
import { formatShape } from '../../../base/shape.ts';
import { type Tensor, numbersOf } from '../../../base/tensor.ts';
import type { ImageShape } from '../../dataSet.ts';

type Layout = 'channelsFirst' | 'channelsLast';

/**
 * Images as bytes [N, C, H, W]. C is 1 or 3; where both readings are possible, channels come first. Floats have to lie in [0, 1] and are
 * rounded to the nearest of 256 levels.
 */
export function imagesFrom(array: Tensor, path: string): { shape: ImageShape; images: Uint8Array } {
  const { shape, layout } = layoutOf(array, path);
  const bytes = bytesFrom(array, path);
  return { shape, images: layout === 'channelsLast' ? channelsFirst(bytes, shape) : bytes };
}

function layoutOf({ dims }: Tensor, path: string): { shape: ImageShape; layout: Layout } {
  const [, a = 0, b = 0, c = 0] = dims;
  if (dims.length === 3) return { shape: [1, a, b], layout: 'channelsFirst' };
  if (dims.length === 4 && (a === 1 || a === 3)) return { shape: [a, b, c], layout: 'channelsFirst' };
  if (dims.length === 4 && (c === 1 || c === 3)) return { shape: [c, a, b], layout: 'channelsLast' };
  throw expected('badFile', {
    wanted: 'images of shape [N, C, H, W], [N, H, W, C] or [N, H, W] with 1 or 3 channels',
    for: path,
    received: formatShape(dims),
  });
}

function bytesFrom({ type, data }: Tensor, path: string): Uint8Array {
  if (type === 'uint8') return Uint8Array.from(data as Uint8Array);
  if (type !== 'float32') {
    throw expected('badFile', {
      wanted: 'images as bytes (uint8) or as floats in 0..1 (float32)',
      for: path,
      received: type,
      advice: "Save them with a.astype('uint8').",
    });
  }
  const values = data as Float32Array;
  const wrong = values.find((value) => !(value >= 0 && value <= 1));
  if (wrong === undefined) return Uint8Array.from(values, (value) => Math.round(value * 255));
  throw expected('badFile', {
    wanted: 'floats in 0..1',
    for: `the images of ${path}`,
    received: String(wrong),
    advice: 'Save pixels of 0..255 as uint8, and do not normalise them.',
  });
}

/** [N, H, W, C] to [N, C, H, W]. */
function channelsFirst(bytes: Uint8Array, [channels, height, width]: ImageShape): Uint8Array {
  const plane = height * width;
  const result = new Uint8Array(bytes.length);
  for (let start = 0; start < bytes.length; start += plane * channels) {
    for (let pixel = 0; pixel < plane; pixel++) {
      for (let channel = 0; channel < channels; channel++) {
        result[start + channel * plane + pixel] = bytes[start + pixel * channels + channel] ?? 0;
      }
    }
  }
  return result;
}

/** More classes than any data set of images has. */
const greatestLabel = 99_999;

/** Labels [N] of any integer type. */
export function labelsFrom(array: Tensor, path: string): Int32Array {
  const [, ...rest] = array.dims;
  if (array.dims.length === 0 || rest.some((dim) => dim !== 1) || array.type === 'float32') {
    throw expected('badFile', {
      wanted: 'integer labels of shape [N]',
      for: path,
      received: `${array.type} of shape ${formatShape(array.dims)}`,
    });
  }
  const labels = numbersOf(array);
  const wrong = labels.find((label) => label < 0 || label > greatestLabel);
  if (wrong === undefined) return Int32Array.from(labels);
  throw expected('badFile', {
    wanted: `labels from 0 to ${greatestLabel}`,
    for: path,
    received: String(wrong),
  });
}
