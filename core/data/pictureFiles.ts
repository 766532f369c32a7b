import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { LoupeError } from '../base/errors.ts';

/**
 * The files of a folder, and below it, whose names end as `ending` says, in alphabetical order.
 *
 * @throws LoupeError notFound where there is none.
 */
export async function picturesBelow(folder: string, ending: RegExp): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  const pictures = names.filter((name) => ending.test(name)).sort();
  if (pictures.length > 0) return pictures.map((name) => path.join(folder, name));
  throw new LoupeError(
    'notFound',
    `Expected pictures in the folder ${folder} but found none (JPEG, PNG, WebP, TIFF, GIF, AVIF or BMP).`,
  );
}
