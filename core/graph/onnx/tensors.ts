import { isFieldSet } from '@bufbuild/protobuf';
import { LoupeError } from '../../base/errors.ts';
import { type Shape, formatShape, sizeOf } from '../../base/shape.ts';
import { type Tensor, type TensorData, allocate } from '../../base/tensor.ts';
import { type LocatedBytes, externalRange, ownRange } from './externalData.ts';
import { convertedTensor, fileTensor } from './fileTensor.ts';
import {
  TensorProto_DataLocation as DataLocation,
  type TensorProto,
  TensorProtoSchema,
} from './gen/onnx_pb.js';
import type { Source } from './source.ts';
import { type Storage, dataFromBytes, dataTypeName, isQuantisedType, storageOf } from './storage.ts';

/** Converted weights up to this size are converted once, larger ones each time they are asked for. */
const smallTensorBytes = 4096;

const largestRank = 32;

/** Makes a tensor of a TensorProto; its large data stays where it is. */
export function decodeTensor(proto: TensorProto, source: Source): Tensor {
  const storage = storageOf(proto.dataType);
  if (storage === undefined) throw unsupportedType(proto);
  const dims = dimsOf(proto);
  const byteLength = sizeOf(dims) * storage.bytes;
  const located = locate(proto, source, byteLength);
  if (located !== undefined) {
    checkLength(proto, located.range.byteLength, byteLength, dims);
    return fileTensor(storage, dims, located.range, located.stamp);
  }
  if (isFieldSet(proto, TensorProtoSchema.field.rawData)) {
    checkLength(proto, proto.rawData.length, byteLength, dims);
    return rawTensor(storage, dims, proto.rawData);
  }
  return typedTensor(proto, storage, dims);
}

function locate(proto: TensorProto, source: Source, byteLength: number): LocatedBytes | undefined {
  const own = ownRange(proto, source);
  if (own !== undefined || proto.dataLocation !== DataLocation.EXTERNAL) return own;
  return externalRange(proto, source, byteLength);
}

function rawTensor(storage: Storage, dims: Shape, bytes: Uint8Array): Tensor {
  const isLazy = storage.convert !== undefined && bytes.length > smallTensorBytes;
  if (isLazy) return convertedTensor(storage, dims, bytes);
  return { type: storage.type, dims, data: dataFromBytes(storage, bytes) };
}

/** Weights in one of the typed fields (`float_data` …), which hold numbers instead of bytes. */
function typedTensor(proto: TensorProto, storage: Storage, dims: Shape): Tensor {
  const values: readonly (number | bigint)[] = proto[storage.typedField];
  checkLength(proto, values.length * storage.bytes, sizeOf(dims) * storage.bytes, dims);
  if (storage.bytes === 2) {
    const halves = Uint16Array.from(values, Number);
    return { type: storage.type, dims, data: dataFromBytes(storage, new Uint8Array(halves.buffer)) };
  }
  return { type: storage.type, dims, data: fill(allocate(storage.type, values.length), values, storage) };
}

function fill(data: TensorData, values: readonly (number | bigint)[], { type }: Storage): TensorData {
  values.forEach((value, index) => {
    if (data instanceof BigInt64Array) data[index] = BigInt(value);
    else data[index] = type === 'bool' ? Number(Number(value) !== 0) : Number(value);
  });
  return data;
}

/** The dimensions of a tensor, checked so that sizes computed from them are exact. */
export function dimsOf(proto: TensorProto): number[] {
  const dims = proto.dims.map(Number);
  // A zero must not hide an absurd neighbour.
  const size = dims.reduce((product, dim) => product * Math.max(1, dim), 8);
  const isValid = dims.length <= largestRank && dims.every((dim) => dim >= 0) && Number.isSafeInteger(size);
  if (isValid) return dims;
  const shown = dims.length <= largestRank ? `the shape ${formatShape(dims)}` : `${dims.length} dimensions`;
  throw new LoupeError('badFile', `the tensor "${proto.name}" has ${shown}, which is not possible.`);
}

function checkLength(proto: TensorProto, received: number, wanted: number, dims: Shape): void {
  if (received === wanted) return;
  throw new LoupeError(
    'badFile',
    `the tensor "${proto.name}" of shape ${formatShape(dims)} needs ${wanted} bytes, but the file holds ${received}.`,
  );
}

function unsupportedType({ name, dataType }: TensorProto): LoupeError {
  const type = dataTypeName(dataType);
  if (isQuantisedType(dataType)) return quantised(`the tensor "${name}" is ${type}`);
  return new LoupeError(
    'unsupportedOperator',
    `the tensor "${name}" has the element type ${type}; Loupe computes with float32, int64, int32, bool, uint8 and int8.`,
  );
}

/** The sentence for a quantised model; `because` says by what it was recognised. */
export function quantised(because: string): LoupeError {
  return new LoupeError(
    'unsupportedOperator',
    `it is a quantised model (${because}). Export the float model instead.`,
  );
}
