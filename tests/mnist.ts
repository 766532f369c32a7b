import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type Tensor, tensor } from '../core/base/tensor.ts';
import { sharedFile } from './shared.ts';

/** The first `count` test digits of MNIST as [count, 1, 28, 28] in [0, 1] with their classes; undefined where the files are not there. */
export function mnistTestDigits(count: number): { images: Tensor; classes: number[] } | undefined {
  const images = sharedFile('datasets/mnist/t10k-images-idx3-ubyte.gz');
  const labels = sharedFile('datasets/mnist/t10k-labels-idx1-ubyte.gz');
  if (images === undefined || labels === undefined) return undefined;
  const pixels = idxBytes(images, 16).subarray(0, count * 28 * 28);
  const data = Float32Array.from(pixels, (byte) => byte / 255);
  return {
    images: tensor('float32', data, [count, 1, 28, 28]),
    classes: [...idxBytes(labels, 8).subarray(0, count)],
  };
}

/** The elements of a gzipped IDX file behind its header of `header` bytes. */
function idxBytes(path: string, header: number): Uint8Array {
  return gunzipSync(readFileSync(path)).subarray(header);
}
