import sharp, { type Sharp } from 'sharp';
import type { Picture } from '../../data/picture.ts';

/** A sharp pipeline over a picture's bytes, without copying them. */
export function pipelineOf({ rgb, width, height }: Picture): Sharp {
  return sharp(rgb, { raw: { width, height, channels: 3 }, limitInputPixels: false });
}

/** Encodes a picture as an 8-bit RGB PNG: lossless, and the same bytes every time. */
export async function encodePng(picture: Picture): Promise<Uint8Array> {
  return pipelineOf(picture).png({ compressionLevel: 7 }).toBuffer();
}

/** Each pixel as a square of `factor` pixels, so that one sees what belongs to which. */
export function magnify({ rgb, width, height }: Picture, factor: number): Picture {
  const result = new Uint8Array(width * height * factor * factor * 3);
  for (let y = 0; y < height * factor; y++) {
    const row = Math.floor(y / factor) * width;
    for (let x = 0; x < width * factor; x++) {
      const from = (row + Math.floor(x / factor)) * 3;
      const to = (y * width * factor + x) * 3;
      result[to] = rgb[from] ?? 0;
      result[to + 1] = rgb[from + 1] ?? 0;
      result[to + 2] = rgb[from + 2] ?? 0;
    }
  }
  return { width: width * factor, height: height * factor, rgb: result };
}
