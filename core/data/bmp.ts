import { LoupeError } from '../base/errors.ts';
import type { Picture } from './picture.ts';

/** Bytes of a BMP begin with "BM". */
export function isBmp(bytes: Uint8Array): boolean {
  return bytes[0] === 0x42 && bytes[1] === 0x4d && bytes.length >= 26;
}

interface BmpHeader {
  readonly width: number;
  readonly height: number;
  /** Rows are stored from the bottom unless the height is negative. */
  readonly topDown: boolean;
  readonly bits: number;
  readonly pixelsAt: number;
}

/** Width and height without decoding, so that a bound can be applied first. */
export function bmpSize(bytes: Uint8Array, name: string): { width: number; height: number } {
  return readHeader(bytes, name);
}

/**
 * Decodes an uncompressed BMP of 24 or 32 bits a pixel (blue, green, red, and an unused byte), the
 * kinds that programs write; libvips as it comes with sharp reads none.
 */
export function decodeBmp(bytes: Uint8Array, name: string): Picture {
  const { width, height, topDown, bits, pixelsAt } = readHeader(bytes, name);
  const step = bits / 8;
  const stride = Math.ceil((width * step) / 4) * 4;
  if (bytes.length < pixelsAt + stride * (height - 1) + width * step) {
    throw fault(name, `is cut off: ${width}x${height} pixels were promised`);
  }
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    let from = pixelsAt + (topDown ? y : height - 1 - y) * stride;
    for (let x = 0; x < width; x++, from += step, to += 3) {
      rgb[to] = bytes[from + 2] ?? 0;
      rgb[to + 1] = bytes[from + 1] ?? 0;
      rgb[to + 2] = bytes[from] ?? 0;
    }
  }
  return { width, height, rgb };
}

function readHeader(bytes: Uint8Array, name: string): BmpHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerSize = view.getUint32(14, true);
  if (headerSize < 40 || bytes.length < 54) throw fault(name, 'has a header of a kind from before Windows 3');
  const [width, signedHeight] = [view.getInt32(18, true), view.getInt32(22, true)];
  const [bits, compression] = [view.getUint16(28, true), view.getUint32(30, true)];
  // Compression 3 with 32 bits names channel masks; writers give the ordinary order there.
  const plain = compression === 0 || (compression === 3 && bits === 32 && ordinaryMasks(view));
  if ((bits !== 24 && bits !== 32) || !plain) {
    throw fault(
      name,
      `holds ${bits} bits a pixel with compression ${compression}; only plain 24 and 32 bits are read`,
    );
  }
  const height = Math.abs(signedHeight);
  if (width <= 0 || height === 0) throw fault(name, `declares a size of ${width}x${signedHeight}`);
  return { width, height, topDown: signedHeight < 0, bits, pixelsAt: view.getUint32(10, true) };
}

function ordinaryMasks(view: DataView): boolean {
  if (view.byteLength < 66) return false;
  const masks = [54, 58, 62].map((offset) => view.getUint32(offset, true));
  return masks[0] === 0xff0000 && masks[1] === 0xff00 && masks[2] === 0xff;
}

const fault = (name: string, what: string): LoupeError =>
  new LoupeError('badImage', `The BMP picture ${name} ${what}. Save it as PNG or JPEG.`);
