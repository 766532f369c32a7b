import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeNpy, decodeNpz, encodeNpy, encodeNpz } from '../../../core/base/npy.ts';
import { type Tensor, bool, float32, int64, numbersOf, tensor } from '../../../core/base/tensor.ts';

const fixture = (name: string): Uint8Array => readFileSync(new URL(`npy/${name}`, import.meta.url));

const arrays: [string, Tensor][] = [
  ['float32_2x3.npy', float32([0, 1.5, -2, Number.POSITIVE_INFINITY, 1e-3, 7], [2, 3])],
  ['int64_4.npy', int64([1, -2, 3, 2 ** 40])],
  ['uint8_scalar.npy', tensor('uint8', Uint8Array.of(200), [])],
];

describe('.npy', () => {
  it.each(arrays)('writes %s byte for byte as NumPy does', (name, value) => {
    expect(Buffer.from(encodeNpy(value)).equals(fixture(name))).toBe(true);
  });

  it.each(arrays)('reads %s as NumPy wrote it', (name, value) => {
    const read = decodeNpy(fixture(name), name);
    expect(read).toEqual(value);
  });

  it('reads an array that lies at an odd place in a larger buffer', () => {
    const bytes = encodeNpy(float32([1, 2, 3]));
    const larger = new Uint8Array(bytes.length + 3);
    larger.set(bytes, 3);
    expect(numbersOf(decodeNpy(larger.subarray(3), 'a'))).toEqual([1, 2, 3]);
  });

  it('refuses doubles, cut-off files and other files, each with a sentence', () => {
    expect(() => decodeNpy(fixture('float64_2.npy'), 'a.npy')).toThrow(
      "The array file a.npy holds elements of type <f8. Save it with a.astype('float32').",
    );
    const whole = fixture('float32_2x3.npy');
    expect(() => decodeNpy(whole.subarray(0, 140), 'a.npy')).toThrow(
      'shape 2x3 needs 24 bytes, 12 are there',
    );
    expect(() => decodeNpy(whole.subarray(0, 60), 'a.npy')).toThrow('cut off inside its header');
    expect(() => decodeNpy(new Uint8Array(0), 'a.npy')).toThrow('is not a .npy file');
  });
});

describe('.npz', () => {
  it('reads a compressed archive of NumPy', () => {
    const read = decodeNpz(fixture('pair.npz'), 'pair.npz');
    expect(read.get('a')).toEqual(float32([0, 1, 2, 3, 4, 5], [1, 2, 3]));
    expect(read.get('b')).toEqual(bool([true, false]));
  });

  it('gives back what it wrote, the same bytes every time', () => {
    const content = new Map(arrays);
    const bytes = encodeNpz(content);
    expect(decodeNpz(bytes, 'x')).toEqual(content);
    expect(encodeNpz(content)).toEqual(bytes);
  });

  it('refuses what is no archive', () => {
    expect(() => decodeNpz(Uint8Array.of(1, 2, 3), 'x.npz')).toThrow(
      'The array file x.npz is not an .npz archive',
    );
  });
});
