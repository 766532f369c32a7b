import { unzipSync, zipSync } from 'fflate';
import { LoupeError, messageOf } from './errors.ts';
import { type Shape, formatShape, sizeOf } from './shape.ts';
import { type ElementType, type Tensor, type TensorData, tensor } from './tensor.ts';

/** NumPy's names of the element types, little endian. */
const descriptors: Record<ElementType, string> = {
  float32: '<f4',
  int64: '<i8',
  int32: '<i4',
  bool: '|b1',
  uint8: '|u1',
  int8: '|i1',
};

const views: Record<ElementType, (buffer: ArrayBuffer) => TensorData> = {
  float32: (buffer) => new Float32Array(buffer),
  int64: (buffer) => new BigInt64Array(buffer),
  int32: (buffer) => new Int32Array(buffer),
  bool: (buffer) => new Uint8Array(buffer),
  uint8: (buffer) => new Uint8Array(buffer),
  int8: (buffer) => new Int8Array(buffer),
};

const magic = '\x93NUMPY';

/** Encodes a tensor as a .npy file of version 1.0, byte for byte as numpy.save does. */
export function encodeNpy(source: Tensor): Uint8Array {
  const { data } = source;
  const header = headerOf(source.type, source.dims);
  const bytes = new Uint8Array(header.length + data.byteLength);
  bytes.set(header);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), header.length);
  return bytes;
}

/** The header: magic, version, length, a Python dictionary, padded with spaces to a multiple of 64 and a newline. */
function headerOf(type: ElementType, dims: Shape): Uint8Array {
  const shape = dims.length === 1 ? `(${dims[0]},)` : `(${dims.join(', ')})`;
  const dictionary = `{'descr': '${descriptors[type]}', 'fortran_order': False, 'shape': ${shape}, }`;
  // NumPy leaves room for the first axis to grow to 21 digits, so that files can be appended to.
  const growth = dims.length === 0 ? 0 : Math.max(0, 21 - String(dims[0]).length);
  const unpadded = 10 + dictionary.length + growth + 1;
  const total = Math.ceil(unpadded / 64) * 64;
  const text = `${dictionary.padEnd(total - 11)}\n`;
  const prefix = `${magic}\x01\x00${String.fromCharCode(text.length & 255, text.length >> 8)}`;
  return Uint8Array.from(prefix + text, (character) => character.charCodeAt(0));
}

/** Decodes a .npy file; `name` is what a sentence calls it. The tensor owns its memory. */
export function decodeNpy(bytes: Uint8Array, name: string): Tensor {
  const { text, dataOffset } = readHeader(bytes, name);
  const type = typeFrom(text, name);
  const dims = dimsFrom(text, name);
  if (/'fortran_order':\s*True/.test(text)) {
    throw unreadable(name, 'is in Fortran order. Save it with numpy.ascontiguousarray(a)');
  }
  const wanted = sizeOf(dims) * Number(descriptors[type].slice(2));
  const present = bytes.length - dataOffset;
  if (present < wanted) {
    throw unreadable(
      name,
      `is cut off: shape ${formatShape(dims)} needs ${wanted} bytes, ${present} are there`,
    );
  }
  // A copy, because the elements must lie at a multiple of their size (and Buffer.slice would not copy).
  const data = new Uint8Array(bytes.subarray(dataOffset, dataOffset + wanted));
  return tensor(type, views[type](data.buffer), dims);
}

function readHeader(bytes: Uint8Array, name: string): { text: string; dataOffset: number } {
  const latin1 = (from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));
  if (latin1(0, 6) !== magic)
    throw unreadable(name, 'is not a .npy file: it does not begin with "\\x93NUMPY"');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = bytes[6] === 1 ? 10 : 12;
  if (bytes.length < start) throw unreadable(name, 'is cut off inside its header');
  const length = start === 10 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > 65535 || bytes.length < start + length) throw unreadable(name, 'is cut off inside its header');
  return { text: latin1(start, start + length), dataOffset: start + length };
}

function typeFrom(text: string, name: string): ElementType {
  const descriptor = /'descr':\s*'([^']*)'/.exec(text)?.[1];
  for (const [type, known] of Object.entries(descriptors)) {
    // Every key of the table is an element type; Object.entries forgets that.
    if (known === descriptor) return type as ElementType;
  }
  throw unreadable(
    name,
    `holds elements of type ${descriptor ?? 'unknown'}. Save it with a.astype('float32')`,
  );
}

function dimsFrom(text: string, name: string): number[] {
  const inside = /'shape':\s*\(([\d\s,]*)\)/.exec(text)?.[1];
  if (inside === undefined) throw unreadable(name, 'has no shape in its header');
  return inside
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(Number);
}

const unreadable = (name: string, fault: string): LoupeError =>
  new LoupeError('badFile', `The array file ${name} ${fault}.`);

/** Encodes named tensors as an uncompressed .npz archive, as numpy.savez does; the same input gives the same bytes. */
export function encodeNpz(arrays: ReadonlyMap<string, Tensor>): Uint8Array {
  const files: Record<string, Uint8Array> = {};
  for (const [name, value] of arrays) files[`${name}.npy`] = encodeNpy(value);
  return zipSync(files, { level: 0, mtime: new Date(1980, 0, 1) });
}

/** Decodes an .npz archive, compressed or not. */
export function decodeNpz(bytes: Uint8Array, name: string): Map<string, Tensor> {
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, { filter: (file) => file.name.endsWith('.npy') });
  } catch (error) {
    throw new LoupeError('badFile', `The array file ${name} is not an .npz archive: ${messageOf(error)}.`, {
      cause: error,
    });
  }
  return new Map(
    Object.entries(files).map(([file, content]) => [
      file.slice(0, -'.npy'.length),
      decodeNpy(content, `${name}/${file}`),
    ]),
  );
}
