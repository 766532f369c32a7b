import { float32, type Tensor } from '../../core/base/tensor.ts';
import { type Shape, sizeOf } from '../../core/base/shape.ts';

/** The same number as in generator.py, with which everything here has to agree bit for bit. */
export const globalSeed = 0x10c4e5ed;

/** FNV-1a, 32 bits. */
export function fnv1a(bytes: Uint8Array): number {
  let value = 0x811c9dc5;
  for (const byte of bytes) value = Math.imul(value ^ byte, 0x01000193);
  return value >>> 0;
}

/**
 * Values in [low, high), computed in float64, from the name alone: element i is a hash of the name and i, so
 * that any tensor can be made by itself and the committed graphs need not hold a single weight.
 */
export function uniform(name: string, length: number, low: number, high: number): Float32Array {
  const seed = fnv1a(new TextEncoder().encode(name)) ^ globalSeed;
  const width = high - low;
  const values = new Float32Array(length);
  for (let index = 0; index < length; index++) {
    let x = (Math.imul(index, 0x9e3779b9) + seed) | 0;
    x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
    values[index] = low + width * (((x ^ (x >>> 15)) >>> 0) / 4294967296);
  }
  return values;
}

/** A batch of input images, one of each seed: about zero mean and unit variance, as after the usual preprocessing. */
export function goldenInput(seeds: readonly number[], [, ...image]: Shape): Tensor {
  const size = sizeOf(image);
  const values = new Float32Array(seeds.length * size);
  seeds.forEach((seed, index) => {
    values.set(uniform(`input/${seed}`, size, -1.7, 1.7), index * size);
  });
  return float32(values, [seeds.length, ...image]);
}
