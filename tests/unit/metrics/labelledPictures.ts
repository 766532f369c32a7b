import { exampleOf } from '../../../core/method/batches.ts';
import { type Tensor, tensor } from '../../../core/base/tensor.ts';
import type { PictureInput } from '../../../core/method/context.ts';

/** A batch [n, C, H, W] of whole levels as pictures from files, with their labels. */
export function labelledPictures(images: Tensor, labels: readonly (number | undefined)[]): PictureInput[] {
  const [, , height = 0, width = 0] = images.dims;
  return labels.map((label, row) => {
    const { data, dims } = exampleOf(images, row);
    const picture = { width, height, rgb: new Uint8Array(3 * width * height) };
    return {
      file: { ...picture, path: `folder/picture${row}.png`, sha256: `hash ${row}`, notes: [] },
      fitted: { ...picture, values: tensor('float32', data, [1, ...dims]) },
      label,
    };
  });
}
