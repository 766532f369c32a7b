import path from 'node:path';
import { sha256 } from '../../base/files.ts';
import { encodeNpy } from '../../base/npy.ts';
import type { Tensor } from '../../base/tensor.ts';
import { type Blob, mediaTypes } from '../../protocol/blob.ts';
import type { PictureBlob } from '../../protocol/resultView.ts';
import type { Picture } from '../../data/picture.ts';
import { encodePng } from '../pictures/png.ts';
import { tensorPicture } from '../save/image.ts';
import type { BlobPlace } from './resultView.ts';

/** A blob of this content under a file name. */
export function blobOf(name: string, content: Uint8Array): Blob {
  const hash = sha256(content);
  return {
    sha256: hash,
    url: `blob/${hash}`,
    name: path.posix.basename(name),
    mediaType: mediaTypes[path.posix.extname(name).slice(1)] ?? 'application/octet-stream',
    byteLength: content.length,
  };
}

/** A picture as a PNG blob, and its bytes. */
export async function pictureBlob(
  name: string,
  picture: Picture,
): Promise<{ blob: PictureBlob; content: Uint8Array }> {
  const content = await encodePng(picture);
  return { blob: { ...blobOf(name, content), width: picture.width, height: picture.height }, content };
}

/** Blobs of views, kept by their file names. */
export class KeptBlobs implements BlobPlace {
  readonly contents = new Map<string, Uint8Array>();

  array(name: string, value: Tensor): Blob {
    return this.bytes(name, encodeNpy(value));
  }

  async picture(name: string, image: Tensor): Promise<PictureBlob> {
    return this.drawn(name, tensorPicture(image));
  }

  async drawn(name: string, picture: Picture): Promise<PictureBlob> {
    const { blob, content } = await pictureBlob(name, picture);
    this.contents.set(name, content);
    return blob;
  }

  bytes(name: string, content: Uint8Array): Blob {
    this.contents.set(name, content);
    return blobOf(name, content);
  }
}

/** As `KeptBlobs`, where arrays and models are files already: their bytes are not kept. */
export class BesideFiles extends KeptBlobs {
  override bytes(name: string, content: Uint8Array): Blob {
    return blobOf(name, content);
  }
}
