import sharp, { type Metadata, type OutputInfo } from 'sharp';
import { LoupeError, messageOf } from '../base/errors.ts';
import { describeHead, readBytes, sha256 } from '../base/files.ts';
import { bmpSize, decodeBmp, isBmp } from './bmp.ts';
import type { Picture, PictureFile } from './picture.ts';

export interface ReadImageOptions {
  /** Pictures of more pixels are refused before they are decoded; 100 million unless told. */
  readonly maxPixels?: number;
}

const defaultMaxPixels = 100e6;

/**
 * Reads a picture as 8-bit sRGB, upright (the EXIF orientation is applied). Grey, 16-bit, CMYK and palette
 * pictures are converted; transparency is laid on white.
 *
 * @throws LoupeError notFound, badImage for what is no picture, tooLarge.
 */
export async function readImage(path: string, options: ReadImageOptions = {}): Promise<PictureFile> {
  const bytes = await readBytes(path, 'picture');
  return { ...(await decodeImage(bytes, path, options)), path, sha256: sha256(bytes) };
}

/** Decodes the bytes of a picture file; `name` is what a sentence calls it. */
export async function decodeImage(
  bytes: Uint8Array,
  name: string,
  options: ReadImageOptions = {},
): Promise<Picture & Pick<PictureFile, 'notes'>> {
  const maxPixels = options.maxPixels ?? defaultMaxPixels;
  if (isBmp(bytes)) {
    refuseHuge(bmpSize(bytes, name), name, maxPixels);
    return { ...decodeBmp(bytes, name), notes: [] };
  }
  const metadata = await readMetadata(bytes, name);
  refuseHuge(metadata, name, maxPixels);
  const decoded = await decodePixels(bytes, metadata, name, maxPixels);
  const flattened = onWhite(decoded.data, decoded.info.channels);
  return {
    width: decoded.info.width,
    height: decoded.info.height,
    rgb: flattened.rgb,
    notes: notesOn(metadata, flattened.transparent),
  };
}

async function readMetadata(bytes: Uint8Array, name: string): Promise<Metadata> {
  let metadata: Metadata;
  try {
    metadata = await sharp(bytes, { limitInputPixels: false }).metadata();
  } catch (error) {
    const begins = describeHead(bytes);
    const known = begins.endsWith(' picture');
    const why = known ? `it ${begins} but is damaged: ${shortened(error)}` : `it ${begins}`;
    throw new LoupeError(
      'badImage',
      `${name} cannot be read as a picture: ${why}. Give a JPEG, PNG, WebP, TIFF, GIF, AVIF or BMP file.`,
      { cause: error },
    );
  }
  if (metadata.format === 'svg') {
    throw new LoupeError('badImage', `${name} is an SVG drawing, not a photograph. Save it as PNG.`);
  }
  return metadata;
}

function refuseHuge(size: { width: number; height: number }, name: string, maxPixels: number): void {
  if (size.width * size.height <= maxPixels) return;
  throw new LoupeError(
    'tooLarge',
    `The picture ${name} has ${size.width}x${size.height} pixels, more than the ${Math.round(maxPixels / 1e6)} million that are allowed. Make it smaller first.`,
  );
}

async function decodePixels(
  bytes: Uint8Array,
  metadata: Metadata,
  name: string,
  maxPixels: number,
): Promise<{ data: Uint8Array; info: OutputInfo }> {
  try {
    return await sharp(bytes, {
      limitInputPixels: maxPixels,
      failOn: 'error',
      // A profile that says sRGB changes nothing but the rounding.
      ignoreIcc: describesSrgb(metadata),
    })
      .autoOrient()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
  } catch (error) {
    throw new LoupeError('badImage', `The picture ${name} is damaged: ${shortened(error)}.`, {
      cause: error,
    });
  }
}

/** Composites RGBA, or grey with alpha, on white; copies RGB and grey. */
function onWhite(data: Uint8Array, channels: number): { rgb: Uint8Array; transparent: boolean } {
  if (channels === 3) return { rgb: data, transparent: false };
  const colours = channels >= 3 ? 3 : 1;
  const hasAlpha = channels === 2 || channels === 4;
  const count = data.length / channels;
  const rgb = new Uint8Array(count * 3);
  let transparent = false;
  for (let pixel = 0; pixel < count; pixel++) {
    const from = pixel * channels;
    const alpha = hasAlpha ? (data[from + colours] ?? 255) : 255;
    transparent ||= alpha < 255;
    for (let channel = 0; channel < 3; channel++) {
      const value = data[from + (colours === 3 ? channel : 0)] ?? 0;
      rgb[pixel * 3 + channel] = Math.round((value * alpha + 255 * (255 - alpha)) / 255);
    }
  }
  return { rgb, transparent };
}

function notesOn(metadata: Metadata, transparent: boolean): string[] {
  const notes: string[] = [];
  const say = (sentence: string): void => void notes.push(sentence);
  if (transparent) {
    say('transparent pixels were laid on white (tools that drop the alpha channel see other colours there).');
  }
  if ((metadata.orientation ?? 1) > 1) say('turned upright as its EXIF orientation says.');
  if (metadata.space === 'cmyk') say('converted from CMYK.');
  if (metadata.depth === 'ushort') say('reduced from 16 to 8 bits a channel.');
  if ((metadata.pages ?? 1) > 1) say(`only the first of its ${metadata.pages ?? 1} pictures is used.`);
  if (metadata.icc !== undefined && metadata.space !== 'cmyk' && !describesSrgb(metadata)) {
    say('converted to sRGB by its colour profile (tools that ignore profiles see slightly other colours).');
  }
  return notes;
}

/** Whether the embedded profile calls itself sRGB (its description is ASCII or UTF-16). */
function describesSrgb({ icc }: Metadata): boolean {
  if (icc === undefined) return false;
  return icc.toString('latin1').replaceAll('\0', '').includes('sRGB');
}

/** libvips' message without its line breaks and its own prefix. */
function shortened(thrown: unknown): string {
  return messageOf(thrown)
    .replace(/^Input (buffer|file) /, 'the file ')
    .slice(0, 200)
    .replace(/[.\s]+$/, '');
}
