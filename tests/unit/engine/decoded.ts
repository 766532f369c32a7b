import sharp from 'sharp';
import type { Picture } from '../../../core/data/picture.ts';

/** The pixels of a PNG. */
export async function decoded(png: Uint8Array): Promise<Picture> {
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, rgb: data };
}

export const pixelAt = ({ rgb, width }: Picture, x: number, y: number): number[] => {
  const at = (y * width + x) * 3;
  return [...rgb.subarray(at, at + 3)];
};

/** A picture of one colour. */
export function plain(width: number, height: number, colour: readonly number[]): Picture {
  return {
    width,
    height,
    rgb: Uint8Array.from({ length: width * height * 3 }, (_, at) => colour[at % 3] ?? 0),
  };
}

/** The smallest rectangle around all pixels for which `test` holds, and how many they are. */
export function boxWhere(picture: Picture, test: (rgb: ArrayLike<number>) => boolean) {
  let [left, top, right, bottom, count] = [Infinity, Infinity, -1, -1, 0];
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < picture.width; x++) {
      const at = (y * picture.width + x) * 3;
      if (!test(picture.rgb.subarray(at, at + 3))) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
      count++;
    }
  }
  return { left, top, width: right - left + 1, height: bottom - top + 1, count };
}

export const isColour =
  (colour: readonly number[]) =>
  (rgb: ArrayLike<number>): boolean =>
    rgb[0] === colour[0] && rgb[1] === colour[1] && rgb[2] === colour[2];
