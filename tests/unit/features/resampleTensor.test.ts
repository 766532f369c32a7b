import { describe, expect, it } from 'vitest';
import { floatsOf, tensor } from '../../../core/base/tensor.ts';
import { resample } from '../../../core/data/resample.ts';
import { resampleTensor } from '../../../core/features/shared/resampleTensor.ts';
import { roll } from '../../../core/features/shared/roll.ts';
import { pixelsOf, randomPicture } from './pictures.ts';

const picture = randomPicture(1, 60, 44);
const extent = { height: 7, width: 9 };
const small = pixelsOf(randomPicture(3, extent.width, extent.height));

describe('rolling', () => {
  const image = tensor(
    'float32',
    Float32Array.from({ length: 2 * 3 * 4 }, (_, at) => at),
    [1, 2, 3, 4],
  );

  it('moves every pixel by the shift, around the edges', () => {
    const rolled = floatsOf(roll(image, 1, -1));
    for (let c = 0; c < 2; c++) {
      for (let y = 0; y < 3; y++) {
        for (let x = 0; x < 4; x++) {
          const to = (c * 3 + ((y + 1) % 3)) * 4 + ((x + 3) % 4);
          expect(rolled[to]).toBe((c * 3 + y) * 4 + x);
        }
      }
    }
  });

  it('back is the identity, whatever the shift', () => {
    for (const [down, right] of [
      [0, 0],
      [2, 3],
      [-7, 5],
      [31, -32],
    ] as const) {
      expect(roll(roll(image, down, right), -down, -right)).toEqual(image);
    }
  });
});

describe('resizing of numbers', () => {
  it('agrees with the resizing of pictures to the rounding of 8 bits, smaller and larger', () => {
    for (const [width, height] of [
      [37, 21],
      [100, 91],
    ] as const) {
      const exact = floatsOf(resampleTensor(pixelsOf(picture), { width, height }));
      const rounded = floatsOf(pixelsOf({ ...picture, ...resample(picture, width, height) }));
      exact.forEach((value, at) => expect(Math.abs(value - (rounded[at] ?? NaN))).toBeLessThan(1.1 / 255));
    }
  });

  it('keeps numbers outside [0, 1], constants, and a picture of the same size', () => {
    const flat = tensor('float32', new Float32Array(60).fill(-3.5), [1, 1, 6, 10]);
    for (const value of floatsOf(resampleTensor(flat, { height: 9, width: 4 })))
      expect(value).toBeCloseTo(-3.5, 6);
    expect(resampleTensor(small, extent)).toEqual(small);
  });
});
