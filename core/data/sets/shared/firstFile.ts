import { join } from 'node:path';
import { LoupeError, messageOf } from '../../../base/errors.ts';
import { fileExists, readBytes } from '../../../base/files.ts';
import { gunzip } from 'node:zlib';
import { promisify } from 'node:util';

/** The first of `names` that is a file in `folder`, or undefined. */
export async function findFile(folder: string, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    const path = join(folder, name);
    if (await fileExists(path)) return path;
  }
  return undefined;
}

/** The path of the first of `names` in `folder`; a sentence that names the first two if there is none. */
export async function requireFile(folder: string, names: readonly string[], what: string): Promise<string> {
  const path = await findFile(folder, names);
  if (path !== undefined) return path;
  throw new LoupeError(
    'notFound',
    `There is no ${what} in ${folder}: expected a file ${names.slice(0, 2).join(' or ')} there.`,
  );
}

/** A file's bytes, unpacked if it is gzipped. */
export async function readMaybeGzipped(path: string, what: string): Promise<Uint8Array> {
  const bytes = await readBytes(path, what);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return await promisify(gunzip)(bytes);
  } catch (error) {
    throw new LoupeError(
      'badFile',
      `The ${what} ${path} is a damaged gzip file (${messageOf(error)}). Download it again.`,
      { cause: error },
    );
  }
}
