import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { list } from 'tar';
import { LoupeError, messageOf } from '../../../base/errors.ts';
import { readBytes } from '../../../base/files.ts';
import type { Split } from '../define.ts';

/** A picture file and its class, the folder that it lies in. */
export interface ListedPicture {
  readonly className: string;
  /** From the class's folder on: `0001.jpg`. */
  readonly name: string;
  readonly bytes: () => Promise<Uint8Array>;
}

/** The pictures of a part of a data set. */
export interface PictureList {
  /** Changes with the names, sizes or times of the files. */
  readonly stamp: string;
  /** By class and name. */
  readonly pictures: () => Promise<ListedPicture[]>;
}

const archiveEndings = ['.tar.gz', '.tgz', '.tar'];

/** What people call the folders of the parts. */
const folderNames: Readonly<Record<Split, readonly string[]>> = {
  train: ['train', 'training'],
  validation: ['validation', 'val', 'valid'],
  test: ['test', 'testing'],
};

/**
 * The pictures of `<folder>/<split>/<class>/…`, or of the archive `<folder>/<split>.tar.gz` that holds `<split>/<class>/…`, or, for
 * train where there are no parts, of `<folder>/<class>/…`. They may lie deeper inside their class. Hidden files and files that are
 * no pictures are passed over.
 */
export async function listPictures(folder: string, split: Split): Promise<PictureList> {
  try {
    return await listSplit(folder, split);
  } catch (error) {
    // A link to nothing, a folder that may not be read.
    if (error instanceof LoupeError) throw error;
    throw new LoupeError('badFile', `The pictures in ${folder} could not be listed: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}

async function listSplit(folder: string, split: Split): Promise<PictureList> {
  const inside = new Set(await readdir(folder));
  const part = folderNames[split].find((name) => inside.has(name));
  if (part !== undefined) return listFolder(join(folder, part));
  const archive = archiveNames(folderNames[split]).find((name) => inside.has(name));
  if (archive !== undefined) return listArchive(join(folder, archive));
  const all = Object.values(folderNames).flat();
  if (split === 'train' && ![...all, ...archiveNames(all)].some((name) => inside.has(name))) {
    return listFolder(folder);
  }
  throw new LoupeError(
    'notFound',
    `There is no part "${split}" in ${folder}: expected pictures in ${join(folder, split, '<class>')}, or hold back a part of train.`,
  );
}

const archiveNames = (names: readonly string[]): string[] =>
  names.flatMap((name) => archiveEndings.map((ending) => name + ending));

const isPicture = (path: string): boolean =>
  /\.(?:jpe?g|png|webp|bmp|gif|tiff?|avif)$/i.test(path) && !basename(path).startsWith('.');

async function listFolder(folder: string): Promise<PictureList> {
  const pictures: ListedPicture[] = [];
  const stamps: string[] = [];
  for (const className of (await readdir(folder)).sort()) {
    const place = join(folder, className);
    if (className.startsWith('.') || !(await stat(place)).isDirectory()) continue;
    const names = (await readdir(place, { recursive: true })).filter(isPicture).sort();
    const stats = await Promise.all(names.map(async (name) => stat(join(place, name))));
    names.forEach((name, index) => {
      pictures.push({ className, name, bytes: async () => readBytes(join(place, name), 'picture') });
      stamps.push(`${className}/${name} ${stats[index]?.size} ${stats[index]?.mtimeMs}`);
    });
  }
  if (pictures.length === 0) throw nothingIn(join(folder, '<class>'));
  return { stamp: stamps.join('\n'), pictures: () => Promise.resolve(pictures) };
}

async function listArchive(path: string): Promise<PictureList> {
  const { size, mtimeMs } = await stat(path);
  return { stamp: `${basename(path)} ${size} ${mtimeMs}`, pictures: async () => readArchive(path) };
}

/** All files of an archive in memory: less than the pixels that they become. */
async function readArchive(path: string): Promise<ListedPicture[]> {
  const found: { className: string; name: string; chunks: Uint8Array[] }[] = [];
  try {
    await list({
      file: path,
      strict: true,
      onReadEntry(entry) {
        const [, className = '', ...rest] = entry.path.replace(/^\.\//, '').split('/');
        if (entry.type !== 'File' || rest.length === 0 || !isPicture(entry.path)) return;
        const chunks: Uint8Array[] = [];
        entry.on('data', (chunk) => chunks.push(chunk));
        found.push({ className, name: rest.join('/'), chunks });
      },
    });
  } catch (error) {
    throw new LoupeError('badFile', `The archive ${path} is damaged: ${messageOf(error)}.`, { cause: error });
  }
  if (found.length === 0) throw nothingIn(`${path}, as <part>/<class>/<name>`);
  return found
    .sort((a, b) => compare(a.className, b.className) || compare(a.name, b.name))
    .map(({ className, name, chunks }) => ({
      className,
      name,
      bytes: () => Promise.resolve(Buffer.concat(chunks)),
    }));
}

/** By code units, the order of `Array.prototype.sort`: the same on every machine. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const nothingIn = (place: string): LoupeError =>
  new LoupeError(
    'notFound',
    `Expected pictures (JPEG, PNG, WebP, BMP, GIF, TIFF or AVIF) in ${place} but there are none.`,
  );
