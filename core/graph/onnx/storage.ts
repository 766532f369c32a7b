import { fromBfloat16, fromFloat16 } from '../../base/float16.ts';
import type { ElementType, TensorData } from '../../base/tensor.ts';
import { TensorProto_DataType as DataType } from './gen/onnx_pb.js';

/** How the elements of a tensor lie in a file, and the element type that they have in Loupe. */
export interface Storage {
  readonly bytes: number;
  readonly type: ElementType;
  /** The field of a TensorProto that holds such elements as numbers; 16-bit floats stand there as their bits. */
  readonly typedField: 'floatData' | 'doubleData' | 'int64Data' | 'int32Data';
  /** Present where the file's type is not ours: makes float32 of the bytes. */
  readonly convert?: (bytes: Uint8Array<ArrayBuffer>) => Float32Array<ArrayBuffer>;
}

const bits32 = 'int32Data';

const storages: ReadonlyMap<number, Storage> = new Map<number, Storage>([
  [DataType.FLOAT, { bytes: 4, type: 'float32', typedField: 'floatData' }],
  [DataType.INT64, { bytes: 8, type: 'int64', typedField: 'int64Data' }],
  [DataType.INT32, { bytes: 4, type: 'int32', typedField: bits32 }],
  [DataType.BOOL, { bytes: 1, type: 'bool', typedField: bits32 }],
  [DataType.UINT8, { bytes: 1, type: 'uint8', typedField: bits32 }],
  [DataType.INT8, { bytes: 1, type: 'int8', typedField: bits32 }],
  [DataType.DOUBLE, { bytes: 8, type: 'float32', typedField: 'doubleData', convert: narrowed }],
  [
    DataType.FLOAT16,
    { bytes: 2, type: 'float32', typedField: bits32, convert: (bytes) => fromFloat16(halvesOf(bytes)) },
  ],
  [
    DataType.BFLOAT16,
    { bytes: 2, type: 'float32', typedField: bits32, convert: (bytes) => fromBfloat16(halvesOf(bytes)) },
  ],
]);

/** The code that a file gives each of our types. */
export const dataTypeOf: Readonly<Record<ElementType, DataType>> = {
  float32: DataType.FLOAT,
  int64: DataType.INT64,
  int32: DataType.INT32,
  bool: DataType.BOOL,
  uint8: DataType.UINT8,
  int8: DataType.INT8,
};

/** How a file's type is stored; undefined for a type that Loupe does not compute with. */
export function storageOf(dataType: number): Storage | undefined {
  return storages.get(dataType);
}

/** `float16`, `string` …, for sentences. */
export function dataTypeName(dataType: number): string {
  const name: string | undefined = DataType[dataType];
  return name === undefined || name === 'UNDEFINED' ? `number ${dataType}` : name.toLowerCase();
}

/** Whether the type exists only for quantised networks. */
export function isQuantisedType(dataType: number): boolean {
  return /^(float(8|6|4)|u?int[24]$)/.test(dataTypeName(dataType));
}

/** The elements behind a file's bytes: a view where they are aligned and need no conversion. */
export function dataFromBytes(storage: Storage, bytes: Uint8Array): TensorData {
  const aligned = alignedTo(storage.bytes, bytes);
  if (storage.convert !== undefined) return storage.convert(aligned);
  const { buffer, byteOffset, length } = aligned;
  switch (storage.type) {
    case 'float32':
      return new Float32Array(buffer, byteOffset, length / 4);
    case 'int64':
      return new BigInt64Array(buffer, byteOffset, length / 8);
    case 'int32':
      return new Int32Array(buffer, byteOffset, length / 4);
    case 'int8':
      return new Int8Array(buffer, byteOffset, length);
    case 'bool':
    case 'uint8':
      return new Uint8Array(buffer, byteOffset, length);
  }
}

/** The bytes of an element array, as they are written to a file. */
export function bytesOfData(data: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** The same bytes where a typed array may begin at them; a copy where they lie askew. */
function alignedTo(alignment: number, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, length } = bytes;
  if (!(buffer instanceof ArrayBuffer) || byteOffset % alignment !== 0) return Uint8Array.from(bytes);
  return new Uint8Array(buffer, byteOffset, length);
}

function narrowed({ buffer, byteOffset, length }: Uint8Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  return Float32Array.from(new Float64Array(buffer, byteOffset, length / 8));
}

const halvesOf = ({ buffer, byteOffset, length }: Uint8Array<ArrayBuffer>): Uint16Array =>
  new Uint16Array(buffer, byteOffset, length / 2);
