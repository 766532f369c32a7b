import { stat } from 'node:fs/promises';
import { fitPicture } from '../data/fit.ts';
import { readImage } from '../data/image.ts';
import { picturesBelow } from '../data/pictureFiles.ts';
import type { PictureFile } from '../data/picture.ts';
import type { PictureInput } from '../method/context.ts';
import type { Model } from '../model/model.ts';
import type { ImageRequest } from './request.ts';

const pictureEnding = /\.(jpe?g|png|webp|tiff?|gif|avif|bmp)$/i;

/** Reads a picture, and fits it to what the network sees. */
export async function readPicture(model: Model, { path: file, label }: ImageRequest): Promise<PictureInput> {
  const read = await readImage(file);
  return { file: read, fitted: fitPicture(read, model.card.input, file), label };
}

/** The pictures of every role, whole. */
export async function readReferences(
  references: Readonly<Record<string, readonly string[]>>,
): Promise<Readonly<Record<string, readonly PictureFile[]>>> {
  const read: Record<string, readonly PictureFile[]> = {};
  for (const [role, files] of Object.entries(references)) {
    read[role] = await Promise.all(files.map((file) => readImage(file)));
  }
  return read;
}

/** Replaces each folder by the picture files in it and below it, in alphabetical order. */
export async function expandFolders(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const given of paths) {
    const isFolder = await stat(given).then(
      (entry) => entry.isDirectory(),
      () => false,
    );
    found.push(...(isFolder ? await picturesBelow(given, pictureEnding) : [given]));
  }
  return found;
}
