import { z } from 'zod';
import { LoupeError, messageOf } from './errors.ts';
import { describeHead } from './files.ts';
import { fromBfloat16, fromFloat16 } from './float16.ts';
import { formatShape, sizeOf } from './shape.ts';
import { type ElementType, type Tensor, type TensorData, tensor } from './tensor.ts';

/** The content of a .safetensors file. */
export interface Safetensors {
  /** By name; float16, bfloat16 and float64 have become float32. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Text by name, the file's `__metadata__`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** How elements lie in a file, and what makes ours of bytes that begin at the start of a buffer. */
interface Storage {
  readonly bytes: number;
  readonly type: ElementType;
  readonly read: (buffer: ArrayBuffer) => TensorData;
}

const storages: Readonly<Record<string, Storage>> = {
  F64: { bytes: 8, type: 'float32', read: (buffer) => Float32Array.from(new Float64Array(buffer)) },
  I64: { bytes: 8, type: 'int64', read: (buffer) => new BigInt64Array(buffer) },
  F32: { bytes: 4, type: 'float32', read: (buffer) => new Float32Array(buffer) },
  I32: { bytes: 4, type: 'int32', read: (buffer) => new Int32Array(buffer) },
  F16: { bytes: 2, type: 'float32', read: (buffer) => fromFloat16(new Uint16Array(buffer)) },
  BF16: { bytes: 2, type: 'float32', read: (buffer) => fromBfloat16(new Uint16Array(buffer)) },
  BOOL: { bytes: 1, type: 'bool', read: (buffer) => new Uint8Array(buffer) },
  U8: { bytes: 1, type: 'uint8', read: (buffer) => new Uint8Array(buffer) },
  I8: { bytes: 1, type: 'int8', read: (buffer) => new Int8Array(buffer) },
};

const typeNames: Readonly<Record<ElementType, string>> = {
  float32: 'F32',
  int64: 'I64',
  int32: 'I32',
  bool: 'BOOL',
  uint8: 'U8',
  int8: 'I8',
};

const natural = z.int().min(0);
const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(natural).max(32),
  data_offsets: z.tuple([natural, natural]),
});
const headerSchema = z.record(z.string(), z.unknown());
const metadataSchema = z.record(z.string(), z.string());

type Entry = z.infer<typeof entrySchema>;

const metadataKey = '__metadata__';

/** The reference implementation takes no longer header. */
const largestHeader = 100_000_000;

/** Begins a file: the header's length in bytes, 64 bits, little endian. */
const prefixBytes = 8;

/**
 * Decodes a .safetensors file; `name` is what a sentence calls it. The tensors own their memory.
 *
 * @throws LoupeError badFile where the header is no header or its ranges do not cover the data without gap or overlap.
 */
export function decodeSafetensors(bytes: Uint8Array, name: string): Safetensors {
  const { header, dataOffset } = readHeader(bytes, name);
  const { [metadataKey]: given = {}, ...rest } = header;
  const metadata = metadataSchema.safeParse(given);
  if (!metadata.success) throw unreadable(name, 'has metadata that is not text by name');
  const entries = Object.entries(rest).map(([key, entry]) => [key, checkedEntry(key, entry, name)] as const);
  checkRanges(entries, bytes.length - dataOffset, name);
  const tensors = new Map(
    entries.map(
      ([
        key,
        {
          dtype,
          shape,
          data_offsets: [begin, end],
        },
      ]) => {
        const { type, read } = storageOf(key, dtype, name);
        // A copy, because elements must lie at a multiple of their size.
        const own = new Uint8Array(bytes.subarray(dataOffset + begin, dataOffset + end));
        return [key, tensor(type, read(own.buffer), shape)];
      },
    ),
  );
  return { tensors, metadata: metadata.data };
}

function readHeader(bytes: Uint8Array, name: string) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length < prefixBytes ? 0n : view.getBigUint64(0, true);
  if (length < 2n || length > BigInt(largestHeader) || bytes[prefixBytes] !== 0x7b) {
    throw unreadable(name, `is not a .safetensors file: it ${describeHead(bytes)}`);
  }
  const dataOffset = prefixBytes + Number(length);
  if (bytes.length < dataOffset) throw unreadable(name, 'is cut off inside its header');
  return { header: parsedHeader(bytes.subarray(prefixBytes, dataOffset), name), dataOffset };
}

function parsedHeader(bytes: Uint8Array, name: string): Readonly<Record<string, unknown>> {
  try {
    return headerSchema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch (error) {
    throw unreadable(name, `has a header that is not JSON (${messageOf(error)})`);
  }
}

function checkedEntry(key: string, given: unknown, name: string): Entry {
  const parsed = entrySchema.safeParse(given);
  if (!parsed.success) throw unreadable(name, `does not say type, shape and place of "${key}" in its header`);
  const {
    dtype,
    shape,
    data_offsets: [begin, end],
  } = parsed.data;
  const wanted = sizeOf(shape) * storageOf(key, dtype, name).bytes;
  if (end - begin !== wanted) {
    throw unreadable(
      name,
      `gives "${key}" of shape ${formatShape(shape)} ${end - begin} bytes, but ${dtype} needs ${wanted}`,
    );
  }
  return parsed.data;
}

function storageOf(key: string, dtype: string, name: string): Storage {
  const storage = Object.hasOwn(storages, dtype) ? storages[dtype] : undefined;
  if (storage !== undefined) return storage;
  throw unreadable(name, `holds "${key}" as ${dtype}; Loupe reads ${Object.keys(storages).join(', ')}`);
}

/** The format allows neither gaps nor overlaps, so that a file means one thing only. */
function checkRanges(entries: readonly (readonly [string, Entry])[], present: number, name: string): void {
  const ranges = entries.map(([key, { data_offsets }]) => ({
    key,
    begin: data_offsets[0],
    end: data_offsets[1],
  }));
  let end = 0;
  for (const range of ranges.sort((left, right) => left.begin - right.begin || left.end - right.end)) {
    if (range.begin !== end) {
      throw unreadable(name, `has a gap or an overlap before the data of "${range.key}"`);
    }
    end = range.end;
  }
  if (end > present)
    throw unreadable(name, `is cut off: its tensors need ${end} bytes, ${present} are there`);
  if (end < present) throw unreadable(name, `has ${present - end} bytes that belong to no tensor`);
}

/**
 * Encodes named tensors; the same input gives the same bytes. Wider elements come first, so that all are aligned, else the
 * order is kept.
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  if (tensors.has(metadataKey)) {
    throw new LoupeError('badArgument', `A tensor cannot be called ${metadataKey} in a .safetensors file.`);
  }
  const widthOf = ({ type }: Tensor): number => storages[typeNames[type]]?.bytes ?? 0;
  const ordered = [...tensors].sort(([, left], [, right]) => widthOf(right) - widthOf(left));
  const header: Record<string, unknown> =
    Object.keys(metadata).length === 0 ? {} : { [metadataKey]: metadata };
  let end = 0;
  for (const [key, value] of ordered) {
    const begin = end;
    end += sizeOf(value.dims) * widthOf(value);
    header[key] = { dtype: typeNames[value.type], shape: value.dims, data_offsets: [begin, end] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const dataOffset = prefixBytes + Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(dataOffset + end).fill(0x20, prefixBytes, dataOffset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(dataOffset - prefixBytes), true);
  bytes.set(text, prefixBytes);
  let at = dataOffset;
  for (const [, { data }] of ordered) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

const unreadable = (name: string, fault: string): LoupeError =>
  new LoupeError('badFile', `The weights file ${name} ${fault}.`);
