import { createHash } from 'node:crypto';
import { readFile, readdir, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { LoupeError, messageOf } from './errors.ts';
import { suggestion } from './nearest.ts';

/** The system's code of a failed call (`ENOENT`), if it has one. */
export function systemCodeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}

/** Reads a whole file; `what` names its role in a sentence ("picture", "model card"). */
export async function readBytes(path: string, what: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw await unreadable(path, what, error);
  }
}

/** The sentence for a file that could not be opened or read. */
export async function unreadable(path: string, what: string, thrown: unknown): Promise<LoupeError> {
  const because = { cause: thrown };
  switch (systemCodeOf(thrown)) {
    case 'ENOENT':
    case 'ENOTDIR': {
      const near = await similarFiles(path);
      return new LoupeError('notFound', `There is no ${what} at ${path}.${near}`, because);
    }
    case 'EISDIR':
      return new LoupeError('badFile', `Expected a ${what} at ${path}, but it is a folder.`, because);
    case 'EACCES':
    case 'EPERM':
      return new LoupeError('badFile', `The ${what} ${path} may not be read by this user.`, because);
    default:
      return new LoupeError(
        'badFile',
        `The ${what} ${path} could not be read: ${messageOf(thrown)}.`,
        because,
      );
  }
}

async function similarFiles(path: string): Promise<string> {
  try {
    return suggestion(basename(path), await readdir(dirname(path)));
  } catch {
    return ` The folder ${dirname(path)} does not exist.`;
  }
}

const unwritableBecause: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the disk is read-only',
  EISDIR: 'a folder of that name is there',
  ENOTDIR: 'a part of the path is a file',
  ENOENT: 'its folder does not exist',
  EEXIST: 'a part of the path is a file',
};

/** The sentence for a file that could not be written. */
export function unwritable(path: string, what: string, thrown: unknown): LoupeError {
  const reason = unwritableBecause[systemCodeOf(thrown) ?? ''] ?? messageOf(thrown);
  return new LoupeError('badFile', `The ${what} ${path} could not be written: ${reason}.`, { cause: thrown });
}

export async function fileExists(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** SHA-256 in hexadecimal, by which models, pictures and programs are recognised. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

const signatures: readonly (readonly [bytes: string, what: string])[] = [
  ['\x89PNG', 'a PNG picture'],
  ['\xff\xd8\xff', 'a JPEG picture'],
  ['GIF8', 'a GIF picture'],
  ['BM', 'a BMP picture'],
  ['%PDF', 'a PDF document'],
  ['PK\x03\x04', 'a ZIP archive'],
  ['\x1f\x8b', 'a gzip archive'],
  ['\x89HDF', 'an HDF5 file'],
  ['\x93NUMPY', 'a NumPy array'],
  ['\x7fELF', 'a program'],
];

/** What the beginning of a file looks like, for a sentence: `is empty`, `begins like a ZIP archive (50 4b …)`. */
export function describeHead(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'is empty';
  const head = bytes.subarray(0, 24);
  const latin1 = String.fromCharCode(...head);
  const known = signatures.find(([signature]) => latin1.startsWith(signature));
  if (known !== undefined) return `begins like ${known[1]}`;
  const printable = head.every(
    (byte) => (byte >= 32 && byte < 127) || byte === 9 || byte === 10 || byte === 13,
  );
  if (printable) return `begins with the text "${latin1.replaceAll(/\s+/g, ' ').trim()}"`;
  const hex = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0'));
  return `begins with the bytes ${hex.join(' ')}`;
}
