import { describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from '../../../core/base/safetensors.ts';
import { type Tensor, bool, float32, int64, numbersOf, tensor } from '../../../core/base/tensor.ts';

/** A file with this header and data, as the format has it. */
function file(header: unknown, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

const bytesOf = (array: Float64Array | Uint16Array | Float32Array): Uint8Array =>
  new Uint8Array(array.buffer);

const one = (dtype: string, shape: readonly number[], data: Uint8Array): Uint8Array =>
  file({ a: { dtype, shape, data_offsets: [0, data.length] } }, data);

const read = (bytes: Uint8Array): Tensor | undefined =>
  decodeSafetensors(bytes, 'a.safetensors').tensors.get('a');

describe('safetensors', () => {
  const content = new Map<string, Tensor>([
    ['mask', bool([true, false, true])],
    ['layer1.0.weight', float32([0, 1.5, -2, 1e-3, 7, Number.POSITIVE_INFINITY], [2, 3])],
    ['step', int64([2 ** 40], [])],
    ['bytes', tensor('uint8', Uint8Array.of(1, 255), [2])],
    ['signed', tensor('int8', Int8Array.of(-1), [1])],
    ['counts', tensor('int32', Int32Array.of(-5, 6), [2])],
    ['empty', float32([], [0, 3])],
  ]);

  it('gives back what it wrote, the same bytes every time', () => {
    const bytes = encodeSafetensors(content, { format: 'pt' });
    const decoded = decodeSafetensors(bytes, 'x');
    expect(decoded.tensors).toEqual(content);
    expect(decoded.metadata).toEqual({ format: 'pt' });
    expect(encodeSafetensors(content, { format: 'pt' })).toEqual(bytes);
  });

  it('writes a header padded to 8 bytes and elements at multiples of their size', () => {
    const bytes = encodeSafetensors(content);
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<
      string,
      { dtype: string; data_offsets: [number, number] }
    >;
    const width: Record<string, number> = { I64: 8, F32: 4, I32: 4 };
    expect(
      Object.values(header).filter(({ dtype, data_offsets: [begin] }) => begin % (width[dtype] ?? 1) !== 0),
    ).toEqual([]);
    expect(Object.keys(header)[0]).toBe('step');
  });

  it('reads halves, bfloat16 and doubles as float32, wherever the bytes lie', () => {
    const halves = bytesOf(Uint16Array.of(0x3c00, 0xc100, 0x0001, 0x7c00));
    expect(read(one('F16', [4], halves))).toEqual(float32([1, -2.5, 2 ** -24, Number.POSITIVE_INFINITY]));
    expect(read(one('BF16', [2], bytesOf(Uint16Array.of(0x3f80, 0xc020))))).toEqual(float32([1, -2.5]));
    const doubles = one('F64', [2, 1], bytesOf(Float64Array.of(0.1, -3)));
    expect(read(doubles)).toEqual(float32([0.1, -3], [2, 1]));
    const larger = new Uint8Array(doubles.length + 3);
    larger.set(doubles, 3);
    expect(numbersOf(read(larger.subarray(3)) ?? float32([]))).toEqual([Math.fround(0.1), -3]);
  });
});

const eight = new Uint8Array(8);
const faults: readonly [fault: string, bytes: Uint8Array, sentence: string][] = [
  ['nothing', new Uint8Array(0), 'is not a .safetensors file: it is empty'],
  ['a ZIP archive', Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 0, 0, 0), 'it begins like a ZIP archive'],
  ['an absurd length', new Uint8Array(16).fill(255), 'is not a .safetensors file'],
  ['a cut header', file({ a: 1 }).subarray(0, 12), 'is cut off inside its header'],
  ['broken JSON', file('{"a": '), 'has a header that is not JSON'],
  [
    'an entry without a place',
    file({ a: { dtype: 'F32', shape: [2] } }),
    'does not say type, shape and place of "a"',
  ],
  [
    'a negative length',
    file({ a: { dtype: 'F32', shape: [-2], data_offsets: [0, 8] } }, eight),
    'type, shape and place',
  ],
  [
    'a type that Loupe does not read',
    one('F8_E4M3', [8], eight),
    'holds "a" as F8_E4M3; Loupe reads F64, I64, F32',
  ],
  ['too few bytes for the shape', one('F32', [3], eight), 'gives "a" of shape 3 8 bytes, but F32 needs 12'],
  ['a cut end', one('F32', [2], eight).subarray(0, -1), 'is cut off: its tensors need 8 bytes, 7 are there'],
  ['bytes left over', file({}, eight), 'has 8 bytes that belong to no tensor'],
  [
    'overlapping tensors',
    file(
      {
        a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
        b: { dtype: 'F32', shape: [1], data_offsets: [2, 6] },
      },
      eight,
    ),
    'has a gap or an overlap before the data of "b"',
  ],
  ['metadata that is no text', file({ __metadata__: { a: 1 } }), 'has metadata that is not text by name'],
];

describe('a bad file', () => {
  it.each(faults)('refuses %s with a sentence', (_, bytes, sentence) => {
    expect(() => decodeSafetensors(bytes, 'a.safetensors')).toThrow(/^The weights file a\.safetensors .*\.$/);
    expect(() => decodeSafetensors(bytes, 'a.safetensors')).toThrow(sentence);
  });

  it('does not write a tensor under the name of the metadata', () => {
    expect(() => encodeSafetensors(new Map([['__metadata__', float32([1])]]))).toThrow('cannot be called');
  });
});
