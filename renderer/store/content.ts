import { decodeNpy } from '../../core/base/npy.ts';
import type { Tensor } from '../../core/base/tensor.ts';
import type { ArrayBlob } from '../../core/protocol/blob.ts';
import type { PictureBlob } from '../../core/protocol/resultView.ts';
import { fetchBytes } from '../client.ts';
import type { BaseImage } from '../viewer/layer.ts';
import { Cache } from './cache.ts';

/** Arrays and pictures that were fetched lately; what a hash names never changes. */
const arrays = new Cache<Tensor>(160);
const pictures = new Cache<BaseImage>(160);

export function arrayOf(blob: ArrayBlob): Promise<Tensor> {
  return arrays.get(blob.sha256, async () => decodeNpy(await fetchBytes(blob.url), blob.name));
}

export function pictureOf(blob: PictureBlob): Promise<BaseImage> {
  return pictures.get(blob.sha256, async () => decodePicture(await fetchBytes(blob.url), blob));
}

/** The exact bytes of a PNG's pixels, without the display's colour management. */
async function decodePicture(
  bytes: Uint8Array<ArrayBuffer>,
  { sha256, mediaType }: PictureBlob,
): Promise<BaseImage> {
  const bitmap = await createImageBitmap(new Blob([bytes], { type: mediaType }), {
    colorSpaceConversion: 'none',
    premultiplyAlpha: 'none',
  });
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  if (context === null) throw new Error('This browser cannot read pictures.');
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { key: sha256, width, height, rgba: context.getImageData(0, 0, width, height).data };
}
