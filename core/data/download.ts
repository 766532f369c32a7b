import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { throwIfCancelled } from '../base/cancel.ts';
import { LoupeError, messageOf } from '../base/errors.ts';
import { systemCodeOf, unwritable } from '../base/files.ts';
import type { DataProgress, DataSource, SourceFile } from './sets/define.ts';
import { sizeOf, transfer } from './transfer.ts';
import { unpackArchive } from './unpackArchive.ts';

export interface DownloadOptions {
  readonly onProgress?: (progress: DataProgress) => void;
  readonly signal?: AbortSignal;
}

type Downloadable = Pick<DataSource, 'id' | 'title' | 'files'>;

/** Transfers tried from one host; each goes on where the last one broke off. */
const attempts = 3;

/** The files of a source that are not in `folder`, packed or unpacked. */
export async function missingFiles({ files }: Downloadable, folder: string): Promise<SourceFile[]> {
  const present = await Promise.all(files.map(async (file) => isPresent(file, folder)));
  return files.filter((_, index) => present[index] === false);
}

async function isPresent({ name, unpacksTo }: SourceFile, folder: string): Promise<boolean> {
  // A label file may lie unpacked beside the archive's name.
  const names = unpacksTo === undefined ? [name, name.replace(/\.gz$/, '')] : [unpacksTo];
  const found = await Promise.all(
    names.map(async (each) =>
      stat(join(folder, each)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

/**
 * Downloads what `folder` lacks of a source's files from their official hosts, checks their published checksums and unpacks archives. What was
 * interrupted lies in `<name>.part` and is gone on with. A file gets its name when it is complete and right.
 *
 * @throws LoupeError notFound without a network or where no host has the file, badFile for a wrong checksum or a disk that is full,
 * cancelled.
 */
export async function downloadSource(
  source: Downloadable,
  folder: string,
  options: DownloadOptions = {},
): Promise<void> {
  if (source.files.length === 0) {
    throw new LoupeError('badArgument', `There is nothing to download for ${source.title}.`);
  }
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw unwritable(folder, 'folder', error);
  });
  for (const file of await missingFiles(source, folder)) {
    const path = join(folder, file.name);
    if ((await sizeOf(path)) === 0) await fetchFile(file, path, options);
    if (file.unpacksTo === undefined) continue;
    report(options, `unpacking ${file.name}`, file.bytes, file.bytes);
    await unpackArchive(path, folder, file.unpacksTo);
  }
}

/** From the first host that has it. */
async function fetchFile(file: SourceFile, path: string, options: DownloadOptions): Promise<void> {
  const faults: LoupeError[] = [];
  for (const url of file.urls) {
    try {
      await fetchFrom(url, file, `${path}.part`, options);
      await rename(`${path}.part`, path);
      return;
    } catch (error) {
      const fault = explained(error, url, path, options.signal);
      if (fault.code === 'cancelled' || isWriteError(error)) throw fault;
      faults.push(fault);
    }
  }
  const [only = new LoupeError('notFound', `No host is known for ${file.name}.`), ...others] = faults;
  if (others.length === 0) throw only;
  throw new LoupeError(only.code, faults.map(({ message }) => message).join(' '), { cause: only });
}

async function fetchFrom(
  url: string,
  file: SourceFile,
  part: string,
  options: DownloadOptions,
): Promise<void> {
  const what = `downloading ${file.name}`;
  for (let attempt = 1; ; attempt++) {
    const before = await sizeOf(part);
    try {
      await transfer(url, part, {
        bytes: file.bytes,
        onBytes: (done) => report(options, what, done, file.bytes),
        signal: options.signal,
      });
      await checkSum(file, part, url);
      return;
    } catch (error) {
      const isFinal = options.signal?.aborted === true || isWriteError(error) || isUnreachable(error);
      // A file that was resumed may have had a wrong beginning; a broken connection may have brought a part.
      const hasHope = before > 0 || !(error instanceof LoupeError);
      if (isFinal || !hasHope || attempt === attempts) throw error;
    }
  }
}

/** Throws away a file with a wrong checksum. */
async function checkSum({ name, bytes, checksum }: SourceFile, part: string, url: string): Promise<void> {
  const hash = createHash(checksum.algorithm);
  const size = await sizeOf(part);
  for await (const chunk of createReadStream(part)) hash.update(chunk as Uint8Array);
  const found = hash.digest('hex');
  if (found === checksum.value) return;
  await rm(part, { force: true });
  throw new LoupeError(
    'badFile',
    `Expected ${checksum.algorithm} ${checksum.value} (${bytes} bytes) for ${name} but ${url} gave ${found} (${size} bytes). It was deleted; try again, or get it from another place.`,
  );
}

function report({ onProgress, signal }: DownloadOptions, what: string, done: number, total: number): void {
  throwIfCancelled(signal);
  onProgress?.({ what, done, total, unit: 'bytes' });
}

const writeCodes = new Set(['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EROFS', 'EISDIR', 'ENOTDIR', 'ENOENT']);
const unreachableCodes: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'no name server answers',
  ECONNREFUSED: 'it refuses the connection',
  ENETUNREACH: 'there is no way to it',
  EHOSTUNREACH: 'there is no way to it',
};

/** Errors of sockets have other codes. */
const isWriteError = (thrown: unknown): boolean => writeCodes.has(systemCodeOf(thrown) ?? '');
const isUnreachable = (thrown: unknown): boolean => (systemCodeOf(thrown) ?? '') in unreachableCodes;

/** Anything that a transfer threw, as a sentence. */
function explained(thrown: unknown, url: string, path: string, signal: AbortSignal | undefined): LoupeError {
  if (signal?.aborted === true) return new LoupeError('cancelled', 'Cancelled.', { cause: thrown });
  if (thrown instanceof LoupeError) return thrown;
  if (isWriteError(thrown)) return unwritable(path, 'file', thrown);
  const { host } = new URL(url);
  const reason = unreachableCodes[systemCodeOf(thrown) ?? ''];
  const message =
    reason === undefined
      ? `The connection to ${host} broke off (${messageOf(thrown)}); what has come so far is kept, so try again.`
      : `${host} cannot be reached: ${reason}. Is there a network connection? ${path} can also be copied there by hand.`;
  return new LoupeError('notFound', message, { cause: thrown });
}
