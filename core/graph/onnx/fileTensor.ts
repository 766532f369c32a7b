import type { Shape } from '../../base/shape.ts';
import type { FileRange, FileStamp, Tensor } from '../../base/tensor.ts';
import { readRange } from './files.ts';
import { type Storage, dataFromBytes } from './storage.ts';

/**
 * A tensor whose elements stay in the file until they are asked for. Every access to `data` reads them
 * again, so that nobody pays for weights that are merely passed on. A file type that is converted when it
 * is read has no `file`, because the bytes there are not those of the tensor.
 */
export function fileTensor(storage: Storage, dims: Shape, range: FileRange, stamp: FileStamp): Tensor {
  const tensor: Tensor = {
    type: storage.type,
    dims,
    get data() {
      return dataFromBytes(storage, readRange(range, stamp));
    },
  };
  return storage.convert === undefined
    ? Object.defineProperty(tensor, 'file', fileProperty(range, stamp))
    : tensor;
}

const fileProperty = (range: FileRange, stamp: FileStamp): PropertyDescriptor => ({
  value: { ...range, stamp },
  enumerable: true,
});

/** A tensor in memory whose elements are converted each time they are asked for. */
export function convertedTensor(storage: Storage, dims: Shape, bytes: Uint8Array): Tensor {
  return {
    type: storage.type,
    dims,
    get data() {
      return dataFromBytes(storage, bytes);
    },
  };
}
