import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { sha256, unwritable } from '../../../base/files.ts';
import type { DataSet } from '../../dataSet.ts';
import type { LoadContext } from '../define.ts';
import { checkedDataSet } from './checkedDataSet.ts';

const headerSchema = z.object({
  name: z.string(),
  classes: z.array(z.string()),
  shape: z.tuple([z.int(), z.int(), z.int()]),
  length: z.int(),
  sha256: z.string(),
});

/**
 * What `make` gives, kept in one file of `cacheFolder` under a hash of `key`: the length of a JSON header (uint32, little endian), the
 * header, the labels (int32), the pixels. A file that does not hold what its hash says is made again. A cache that cannot be
 * written is a note, not an error.
 */
export async function cachedDataSet(
  key: string,
  { cacheFolder, note }: Pick<LoadContext<unknown>, 'cacheFolder' | 'note'>,
  make: () => Promise<DataSet>,
): Promise<DataSet> {
  const path = join(cacheFolder, `${sha256(Buffer.from(key)).slice(0, 32)}.pixels`);
  const kept = await readKept(path);
  if (kept !== undefined) return kept;
  const made = await make();
  await keep(path, made).catch((error: unknown) => {
    note(`${unwritable(path, 'cache of decoded pictures', error).message} They will be decoded again.`);
  });
  return made;
}

async function readKept(path: string): Promise<DataSet | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  return bytes === undefined ? undefined : decodeKept(bytes);
}

function decodeKept(bytes: Buffer): DataSet | undefined {
  try {
    const headerLength = bytes.readUInt32LE(0);
    const labelsAt = 4 + headerLength;
    const { length, ...header } = headerSchema.parse(JSON.parse(bytes.toString('utf8', 4, labelsAt)));
    const labels = new Int32Array(Uint8Array.from(bytes.subarray(labelsAt, labelsAt + 4 * length)).buffer);
    const pixelsAt = labelsAt + 4 * length;
    const images = new Uint8Array(bytes.buffer, bytes.byteOffset + pixelsAt, bytes.length - pixelsAt);
    const { sha256: promised, ...parts } = header;
    const set = checkedDataSet({ ...parts, images, labels });
    return set.sha256 === promised ? set : undefined;
  } catch {
    // Cut off or overwritten: the pictures are still there.
    return undefined;
  }
}

async function keep(path: string, set: DataSet): Promise<void> {
  const { name, classes, shape, labels, images } = set;
  const header = Buffer.from(
    JSON.stringify({ name, classes, shape, length: labels.length, sha256: set.sha256 }),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  await mkdir(join(path, '..'), { recursive: true });
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      for (const part of [length, header, new Uint8Array(labels.buffer), images]) await file.writeFile(part);
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
