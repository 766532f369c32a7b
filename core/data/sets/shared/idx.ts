import { LoupeError, expected } from '../../../base/errors.ts';
import { describeHead } from '../../../base/files.ts';
import { formatShape, sizeOf } from '../../../base/shape.ts';
import type { DataSet } from '../../dataSet.ts';
import { checkedDataSet } from './checkedDataSet.ts';
import type { LoadContext } from '../define.ts';
import { readMaybeGzipped, requireFile } from './firstFile.ts';

/** An array of bytes from an IDX file. */
export interface IdxArray {
  readonly dims: readonly number[];
  readonly data: Uint8Array;
}

/**
 * Decodes an IDX file of unsigned bytes (LeCun, Cortes and Burges 1998): two zero bytes, the element type 0x08, the rank, the
 * dimensions as big-endian 32-bit integers, the elements. `name` is what a sentence calls it.
 */
export function decodeIdx(bytes: Uint8Array, rank: number, name: string): IdxArray {
  const headerSize = 4 + 4 * rank;
  const magic = bytes[0] === 0 && bytes[1] === 0 && bytes[2] === 8 && bytes[3] === rank;
  if (!magic || bytes.length < headerSize) {
    throw expected('badFile', {
      wanted: `an IDX file of bytes with ${rank} dimensions (it begins with 00 00 08 0${rank})`,
      for: name,
      received: `a file that ${describeHead(bytes)}`,
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const dims = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const [wanted, present] = [sizeOf(dims), bytes.length - headerSize];
  if (wanted !== present) {
    throw new LoupeError(
      'badFile',
      `The IDX file ${name} ${present < wanted ? 'is cut off' : 'is too long'}: ${formatShape(dims)} needs ${wanted} bytes of data, ${present} are there. Download it again.`,
    );
  }
  return { dims, data: new Uint8Array(bytes.buffer, bytes.byteOffset + headerSize, present) };
}

/** `train-images-idx3-ubyte` with its usual other spelling, packed and unpacked. */
function spellings(stem: string, rank: number): string[] {
  const names = [`${stem}-idx${rank}-ubyte`, `${stem}.idx${rank}-ubyte`];
  return names.flatMap((name) => [`${name}.gz`, name]);
}

/** MNIST's layout: the pair of files of one part, images [N, H, W] and labels [N]. */
export async function loadIdxPair(
  name: string,
  classes: readonly string[],
  { path: folder, split, progress }: LoadContext<unknown>,
): Promise<DataSet> {
  const part = split === 'train' ? 'train' : 't10k';
  const read = async (stem: string, rank: number, what: string): Promise<IdxArray> => {
    const path = await requireFile(folder, spellings(`${part}-${stem}`, rank), `file of ${what} of ${name}`);
    return decodeIdx(await readMaybeGzipped(path, `file of ${what}`), rank, path);
  };
  const images = await read('images', 3, 'images');
  const labels = await read('labels', 1, 'labels');
  const [count = 0, height = 0, width = 0] = images.dims;
  progress({ what: 'reading', done: count, total: count, unit: 'images' });
  return checkedDataSet({
    name: `${name} ${split}`,
    classes,
    shape: [1, height, width],
    images: images.data,
    labels: Int32Array.from(labels.data),
  });
}
