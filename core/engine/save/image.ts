import { LoupeError } from '../../base/errors.ts';
import { encodeNpy } from '../../base/npy.ts';
import { formatShape } from '../../base/shape.ts';
import { type Tensor, floatsOf } from '../../base/tensor.ts';
import type { Picture } from '../../data/picture.ts';
import type { ImageResult } from '../../protocol/results.ts';
import { pictureOf } from '../pictures/image.ts';
import { encodePng } from '../pictures/png.ts';
import type { ResultFile, ResultPlace } from './file.ts';

/** `<stem>.<name>.png`, pixel for pixel, and `.npy`. */
export async function imageFiles(
  result: ImageResult,
  { stem }: Pick<ResultPlace, 'stem'>,
): Promise<ResultFile[]> {
  return [
    { file: `${stem}.${result.name}.png`, content: await encodePng(tensorPicture(result.image)) },
    { file: `${stem}.${result.name}.npy`, content: encodeNpy(result.image) },
  ];
}

/** [C, H, W] in [0, 1] as a picture. */
export function tensorPicture(image: Tensor): Picture {
  const [channels, height, width, ...more] = image.dims;
  if (channels === undefined || height === undefined || width === undefined || more.length > 0) {
    throw new LoupeError('internal', `An image must be [C, H, W], not ${formatShape(image.dims)}.`);
  }
  return pictureOf(floatsOf(image), [channels, height, width]);
}
