import { writeFileSync } from 'node:fs';
import { encodeNpz } from '../../core/base/npy.ts';
import { tensor } from '../../core/base/tensor.ts';
import type { DataSet } from '../../core/data/dataSet.ts';

/** Writes a data set as the source `npz` reads it. */
export function writeNpz(path: string, { images, labels, shape }: DataSet): void {
  const arrays = new Map([
    ['images', tensor('uint8', images, [labels.length, ...shape])],
    ['labels', tensor('int32', labels, [labels.length])],
  ]);
  writeFileSync(path, encodeNpz(arrays));
}
