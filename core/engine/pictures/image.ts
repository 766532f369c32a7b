import { expected } from '../../base/errors.ts';
import { formatShape } from '../../base/shape.ts';
import { floatsOf } from '../../base/tensor.ts';
import { pixelTensor } from '../../data/fit.ts';
import type { Picture } from '../../data/picture.ts';

/** [channels, height, width]. */
export type ImageShape = readonly [number, number, number];

/**
 * A tensor [C, H, W] in [0, 1], with one channel (grey) or three (RGB), as 8-bit pixels: round(255 x), clamped. Pixels with
 * a number that is not finite become a magenta chequer.
 *
 * @throws LoupeError badArgument for other channels, or where the number of values disagrees with the shape.
 */
export function pictureOf(values: Float32Array, shape: ImageShape): Picture {
  return paintTensor(values, shape, (value) => 255 * value);
}

/** The inverse of `pictureOf`: bytes / 255 as [channels, H, W]; one channel takes the first of the three components. */
export function floatsOfPicture(picture: Picture, channels: 1 | 3): Float32Array {
  return floatsOf(pixelTensor(picture, channels));
}

/**
 * Paints a tensor [C, H, W] of one or three channels by a rule from numbers to levels, which are rounded and clamped to bytes;
 * pixels with a number that is not finite become a chequer.
 */
export function paintTensor(
  values: Float32Array,
  shape: ImageShape,
  levelOf: (value: number) => number,
): Picture {
  const [channels, height, width] = shape;
  checkShape(values, shape);
  const plane = height * width;
  const rgb = new Uint8Array(plane * 3);
  for (let pixel = 0; pixel < plane; pixel++) {
    let finite = true;
    for (let component = 0; component < 3; component++) {
      const value = values[(channels === 1 ? 0 : component * plane) + pixel] ?? 0;
      finite &&= Number.isFinite(value);
      rgb[pixel * 3 + component] = Math.min(255, Math.max(0, Math.round(levelOf(value))));
    }
    if (!finite) paintChequer(rgb, pixel, width);
  }
  return { width, height, rgb };
}

/** Squares of two pixels, magenta and black; no colour map contains magenta. */
export function paintChequer(rgb: Uint8Array, pixel: number, width: number): void {
  const [x, y] = [pixel % width, Math.floor(pixel / width)];
  const light = ((x >> 1) + (y >> 1)) % 2 === 0;
  rgb.set(light ? [255, 0, 255] : [0, 0, 0], pixel * 3);
}

function checkShape(values: Float32Array, shape: ImageShape): void {
  const [channels, height, width] = shape;
  if (channels !== 1 && channels !== 3) {
    throw expected('badArgument', {
      wanted: 'one channel (grey) or three (RGB)',
      for: 'a tensor to draw as a picture',
      received: `the shape ${formatShape(shape)}`,
      advice: 'Draw single channels of it instead.',
    });
  }
  if (values.length !== channels * height * width) {
    throw expected('badArgument', {
      wanted: `${channels * height * width} values`,
      for: `a picture of shape ${formatShape(shape)}`,
      received: `${values.length}`,
    });
  }
}
