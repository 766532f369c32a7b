import { describe, expect, it } from 'vitest';
import golden from '../../golden/pillow_resize.json' with { type: 'json' };
import { fitPicture, greyed } from '../../../core/data/fit.ts';
import type { Picture } from '../../../core/data/picture.ts';
import { resample } from '../../../core/data/resample.ts';

/** The picture of tests/golden/pillow_resize.py. */
function picture(width: number, height: number): Picture {
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) rgb[(y * width + x) * 3 + c] = (x * 37 + y * 59 + c * 83 + x * y * 7) % 256;
    }
  }
  return { width, height, rgb };
}

const shape = { width: 4, height: 4, channels: 3 } as const;

describe('resizing', () => {
  it.each(golden.cases)('from $from to $to equals Pillow in every byte', ({ from, to, rgb }) => {
    const resized = resample(picture(from[0] ?? 0, from[1] ?? 0), to[0] ?? 0, to[1] ?? 0);
    expect([...resized.rgb]).toEqual(rgb);
  });

  it('turns colours to grey as Pillow does', () => {
    const { rgb } = greyed(picture(7, 5));
    expect([...rgb].filter((_, index) => index % 3 === 0)).toEqual(golden.grey);
  });
});

describe('fitting a picture to a network', () => {
  it('cuts the centre out at the place that torchvision takes', () => {
    // A margin of 5 leaves 2.5 on the left, which Python rounds to the even 2; a margin of 3 becomes 2.
    const wide = picture(9, 4);
    const fitted = fitPicture(wide, { ...shape, resize: { mode: 'shorterSide', size: 4 } });
    expect([...fitted.rgb.subarray(0, 3)]).toEqual([...wide.rgb.subarray(2 * 3, 3 * 3)]);
    const narrower = picture(7, 4);
    const other = fitPicture(narrower, { ...shape, resize: { mode: 'shorterSide', size: 4 } });
    expect([...other.rgb.subarray(0, 3)]).toEqual([...narrower.rgb.subarray(2 * 3, 3 * 3)]);
  });

  it('gives planes of red, green and blue in [0, 1]', () => {
    const source = picture(4, 4);
    const { values } = fitPicture(source, { ...shape, resize: { mode: 'none' } });
    expect(values.dims).toEqual([1, 3, 4, 4]);
    expect(values.data[5]).toBeCloseTo((source.rgb[15] ?? 0) / 255, 7);
    expect(values.data[16 * 2 + 5]).toBeCloseTo((source.rgb[17] ?? 0) / 255, 7);
  });

  it('stretches, and gives one plane to a grey network', () => {
    const fitted = fitPicture(picture(8, 2), { ...shape, channels: 1, resize: { mode: 'stretch' } });
    expect(fitted.values.dims).toEqual([1, 1, 4, 4]);
    expect(fitted.rgb[0]).toBe(fitted.rgb[2]);
    expect(fitted.values.data[0]).toBeCloseTo((fitted.rgb[0] ?? 0) / 255, 7);
  });

  it('refuses a size that may not be changed, and a card that resizes below the input', () => {
    expect(() => fitPicture(picture(5, 4), { ...shape, resize: { mode: 'none' } }, 'a.png')).toThrow(
      'Expected 4x4 pixels for a.png (the model card forbids resizing) but received 5x4.',
    );
    const tooSmall = { ...shape, resize: { mode: 'shorterSide', size: 3 } } as const;
    expect(() => fitPicture(picture(5, 4), tooSmall, 'a.png')).toThrow('smaller than the network');
  });
});
