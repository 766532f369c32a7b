import { LoupeError } from './errors.ts';
import { type Shape, formatShape, sizeOf } from './shape.ts';

/** The element types that Loupe computes with. Wider or narrower floats are converted when a file is read. */
export type ElementType = 'float32' | 'int64' | 'int32' | 'bool' | 'uint8' | 'int8';

export type TensorData = Float32Array | BigInt64Array | Int32Array | Uint8Array | Int8Array;

/** What a file was like when it was first looked at; weights are read later, from the same content. */
export interface FileStamp {
  readonly size: number;
  readonly modified: number;
}

/** Where the bytes of a tensor lie in a file that is already on disk (little endian, row major). */
export interface FileRange {
  readonly path: string;
  readonly offset: number;
  readonly byteLength: number;
}

/**
 * An immutable tensor. `data` may be a getter that reads a file, so that the weights of a large
 * model need not lie in memory; take it once and let it go.
 */
export interface Tensor {
  readonly type: ElementType;
  readonly dims: Shape;
  readonly data: TensorData;
  readonly file?: FileRange & { readonly stamp: FileStamp };
}

const bytesPerElement: Record<ElementType, number> = {
  float32: 4,
  int64: 8,
  int32: 4,
  bool: 1,
  uint8: 1,
  int8: 1,
};

export function byteLengthOf(tensor: { type: ElementType; dims: Shape }): number {
  return sizeOf(tensor.dims) * bytesPerElement[tensor.type];
}

/** Makes a tensor and checks that the number of elements agrees with `dims`. */
export function tensor(type: ElementType, data: TensorData, dims: Shape): Tensor {
  if (data.length !== sizeOf(dims)) {
    throw new LoupeError(
      'badArgument',
      `A tensor of shape ${formatShape(dims)} needs ${sizeOf(dims)} elements, not ${data.length}.`,
    );
  }
  return { type, dims, data };
}

export function float32(values: ArrayLike<number>, dims: Shape = [values.length]): Tensor {
  return tensor('float32', Float32Array.from(values), dims);
}

export function int64(values: readonly number[], dims: Shape = [values.length]): Tensor {
  return tensor(
    'int64',
    BigInt64Array.from(values, (value) => BigInt(value)),
    dims,
  );
}

export function bool(values: readonly boolean[], dims: Shape = [values.length]): Tensor {
  return tensor('bool', Uint8Array.from(values, Number), dims);
}

/** An uninitialised (zero) array of the right kind for `type`. */
export function allocate(type: ElementType, length: number): TensorData {
  switch (type) {
    case 'float32':
      return new Float32Array(length);
    case 'int64':
      return new BigInt64Array(length);
    case 'int32':
      return new Int32Array(length);
    case 'int8':
      return new Int8Array(length);
    case 'bool':
    case 'uint8':
      return new Uint8Array(length);
  }
}

/** The elements as JavaScript numbers; for shapes, axes and other small tensors. */
export function numbersOf(source: Tensor): number[] {
  return Array.from(source.data as ArrayLike<number | bigint>, Number);
}

/** The data of a float tensor; an error for any other type. */
export function floatsOf(source: Tensor): Float32Array {
  const { data } = source;
  if (!(data instanceof Float32Array)) {
    throw new LoupeError('internal', `Expected a float32 tensor but received ${source.type}.`);
  }
  return data;
}

/** Writes `values` into a new tensor of `type` (rounded towards zero for integers). */
export function tensorFromNumbers(type: ElementType, values: readonly number[], dims: Shape): Tensor {
  const data = allocate(type, values.length);
  if (data instanceof BigInt64Array) {
    values.forEach((value, index) => {
      data[index] = BigInt(Math.trunc(value));
    });
  } else {
    values.forEach((value, index) => {
      data[index] = type === 'bool' ? Number(value !== 0) : value;
    });
  }
  return tensor(type, data, dims);
}
