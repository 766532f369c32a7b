import { closeSync, fstatSync, openSync, readSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { LoupeError, messageOf } from '../../base/errors.ts';
import { systemCodeOf } from '../../base/files.ts';
import { suggestion } from '../../base/nearest.ts';
import type { FileRange, FileStamp } from '../../base/tensor.ts';

/** One system call reads at most this much. */
const largestRead = 2 ** 30;

/** Opens a regular file for the time of `use`; `what` names its role in a sentence. */
export function withFile<T>(path: string, what: string, use: (handle: number, stamp: FileStamp) => T): T {
  const handle = openRegular(path, what);
  try {
    const { size, mtimeMs } = fstatSync(handle);
    return use(handle, { size, modified: mtimeMs });
  } finally {
    closeSync(handle);
  }
}

/** Looks before it opens, because opening a pipe would wait for a writer. */
function openRegular(path: string, what: string): number {
  try {
    if (statSync(path).isFile()) return openSync(path, 'r');
  } catch (error) {
    throw unopened(path, what, error);
  }
  throw new LoupeError(
    'badFile',
    `Expected the ${what} ${path} to be a file, but it is a folder or a device.`,
  );
}

function unopened(path: string, what: string, thrown: unknown): LoupeError {
  const code = systemCodeOf(thrown);
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new LoupeError('notFound', `There is no ${what} at ${path}.${similar(path)}`, { cause: thrown });
  }
  return new LoupeError('badFile', `The ${what} ${path} could not be opened: ${messageOf(thrown)}.`, {
    cause: thrown,
  });
}

function similar(path: string): string {
  try {
    return suggestion(basename(path), readdirSync(dirname(path)));
  } catch {
    return '';
  }
}

/** Fills `target` from `offset` of an open file. */
export function readFully(handle: number, target: Uint8Array, offset: number, path: string): void {
  let done = 0;
  while (done < target.length) {
    const wanted = Math.min(target.length - done, largestRead);
    const count = readBytes(handle, target, done, wanted, offset + done, path);
    if (count === 0) throw new LoupeError('badFile', `The file ${path} ended while it was being read.`);
    done += count;
  }
}

function readBytes(
  handle: number,
  target: Uint8Array,
  at: number,
  length: number,
  position: number,
  path: string,
): number {
  try {
    return readSync(handle, target, at, length, position);
  } catch (error) {
    throw new LoupeError('badFile', `The file ${path} could not be read: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}

/** Refuses a file that is no longer as it was when the model was opened. */
export function checkUnchanged(path: string, stamp: FileStamp, now: FileStamp): void {
  if (now.size === stamp.size && now.modified === stamp.modified) return;
  throw new LoupeError(
    'badFile',
    `The file ${path} was changed after the model had been opened. Open the model again.`,
  );
}

/** Reads a range of a file that must still be as it was when the model was opened. */
export function readRange(range: FileRange, stamp: FileStamp): Uint8Array<ArrayBuffer> {
  return withFile(range.path, 'file of weights', (handle, now) => {
    checkUnchanged(range.path, stamp, now);
    const bytes = new Uint8Array(range.byteLength);
    readFully(handle, bytes, range.offset, range.path);
    return bytes;
  });
}
