import { LoupeError } from '../base/errors.ts';
import { type Tensor, tensor } from '../base/tensor.ts';
import type { Resize } from '../protocol/card.ts';
import type { Picture } from './picture.ts';
import { resample } from './resample.ts';

/** The part of a model card that says which pixels the network sees. */
export interface InputSize {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly resize: Resize;
}

/** Exactly what the network sees: as numbers, and as a picture to draw maps on. */
export interface FittedPicture extends Picture {
  /** [1, channels, height, width], RGB or grey, in [0, 1]. */
  readonly values: Tensor;
}

/**
 * Resizes and crops a picture as the card says (torchvision's Resize and CenterCrop, to the pixel)
 * and turns it into a tensor in pixel space.
 */
export function fitPicture(picture: Picture, input: InputSize, name = 'the picture'): FittedPicture {
  const resized = resizeFor(picture, input, name);
  const fitted = input.channels === 1 ? greyed(resized) : resized;
  return { ...fitted, values: pixelTensor(fitted, input.channels) };
}

function resizeFor(picture: Picture, input: InputSize, name: string): Picture {
  const { width, height, resize } = input;
  switch (resize.mode) {
    case 'stretch':
      return resample(picture, width, height);
    case 'none':
      if (picture.width === width && picture.height === height) return picture;
      throw new LoupeError(
        'badImage',
        `Expected ${width}x${height} pixels for ${name} (the model card forbids resizing) but received ${picture.width}x${picture.height}.`,
      );
    case 'shorterSide': {
      const { width: fullWidth, height: fullHeight } = shorterSideTo(picture, resize.size);
      return centreCrop(resample(picture, fullWidth, fullHeight), width, height, name);
    }
  }
}

/** The longer side is cut down to an integer, as torchvision does. */
function shorterSideTo(picture: Picture, size: number): { width: number; height: number } {
  const { width, height } = picture;
  if (width <= height) return { width: size, height: Math.trunc((size * height) / width) };
  return { width: Math.trunc((size * width) / height), height: size };
}

function centreCrop(picture: Picture, width: number, height: number, name: string): Picture {
  if (picture.width < width || picture.height < height) {
    throw new LoupeError(
      'badCard',
      `The model card resizes ${name} to ${picture.width}x${picture.height}, which is smaller than the network's input of ${width}x${height}. Raise input.resize.size in the card.`,
    );
  }
  const [left, top] = [halfToEven(picture.width - width), halfToEven(picture.height - height)];
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * picture.width + left) * 3;
    rgb.set(picture.rgb.subarray(from, from + width * 3), y * width * 3);
  }
  return { width, height, rgb };
}

/** Half of a margin, rounded as Python's round() does: a half goes to the even neighbour. */
function halfToEven(margin: number): number {
  const half = Math.floor(margin / 2);
  return margin % 2 === 0 ? half : half + (half % 2);
}

/** ITU-R 601-2 luma in fixed point, Pillow's convert('L'). */
function luma(red: number, green: number, blue: number): number {
  return (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
}

/** The picture with its luma in all three channels. */
export function greyed(picture: Picture): Picture {
  const { width, height, rgb } = picture;
  const grey = new Uint8Array(rgb.length);
  for (let at = 0; at < rgb.length; at += 3) {
    grey.fill(luma(rgb[at] ?? 0, rgb[at + 1] ?? 0, rgb[at + 2] ?? 0), at, at + 3);
  }
  return { width, height, rgb: grey };
}

/** Bytes to [1, channels, height, width] in [0, 1]. */
export function pixelTensor({ rgb, width, height }: Picture, channels: 1 | 3): Tensor {
  const plane = width * height;
  const values = new Float32Array(plane * channels);
  for (let channel = 0; channel < channels; channel++) {
    for (let pixel = 0; pixel < plane; pixel++) {
      values[channel * plane + pixel] = (rgb[pixel * 3 + channel] ?? 0) / 255;
    }
  }
  return tensor('float32', values, [1, channels, height, width]);
}
