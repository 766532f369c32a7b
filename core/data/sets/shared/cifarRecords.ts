import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { LoupeError } from '../../../base/errors.ts';
import { readBytes } from '../../../base/files.ts';
import type { DataSet } from '../../dataSet.ts';
import type { LoadContext } from '../define.ts';
import { checkedDataSet } from './checkedDataSet.ts';

/** How the records of a CIFAR set look. */
export interface CifarFormat {
  readonly name: string;
  readonly classes: readonly string[];
  /** Bytes before the pixels, one label each. */
  readonly labelBytes: number;
  /** Which of them is the label. */
  readonly labelByte: number;
  /** Names of the files of the part, and one of them. */
  readonly files: RegExp;
  readonly example: string;
  /** What the official archive unpacks to. */
  readonly folder: string;
}

const pixels = 3 * 32 * 32;

/**
 * The records of a part: labels, then 3x32x32 bytes. A file may hold any whole number of records, so that the beginning of a
 * file counts as a small data set.
 */
export async function loadCifarRecords(
  format: CifarFormat,
  { path: folder, split, progress }: LoadContext<unknown>,
): Promise<DataSet> {
  const size = format.labelBytes + pixels;
  const files: Uint8Array[] = [];
  for (const path of await filesOf(format, folder)) {
    const bytes = await readBytes(path, `file of ${format.name} records`);
    checkRecords(bytes, size, format, path);
    files.push(bytes);
    progress({ what: `reading ${basename(path)}`, done: files.length, total: undefined, unit: 'files' });
  }
  const records = files.reduce((sum, bytes) => sum + bytes.length, 0) / size;
  const labels = new Int32Array(records);
  const images = new Uint8Array(records * pixels);
  let record = 0;
  for (const bytes of files) {
    for (let at = 0; at < bytes.length; at += size, record++) {
      labels[record] = bytes[at + format.labelByte] ?? 0;
      images.set(bytes.subarray(at + format.labelBytes, at + size), record * pixels);
    }
  }
  return checkedDataSet({
    name: `${format.name} ${split}`,
    classes: format.classes,
    shape: [3, 32, 32],
    images,
    labels,
  });
}

/** In `folder`, or in the folder inside it that the official archive unpacks to. */
async function filesOf(format: CifarFormat, folder: string): Promise<string[]> {
  for (const place of [folder, join(folder, format.folder)]) {
    const names = await readdir(place).catch((): string[] => []);
    const found = names.filter((file) => format.files.test(file)).sort();
    if (found.length > 0) return found.map((file) => join(place, file));
  }
  throw new LoupeError(
    'notFound',
    `There is no file of ${format.name} records in ${folder}: expected ${format.example} there.`,
  );
}

function checkRecords(bytes: Uint8Array, size: number, { name }: CifarFormat, path: string): void {
  if (bytes.length > 0 && bytes.length % size === 0) return;
  throw new LoupeError(
    'badFile',
    `The file ${path} does not hold a whole number of ${name} records of ${size} bytes: it has ${bytes.length} bytes. It is cut off or in another format (the binary version is read).`,
  );
}
