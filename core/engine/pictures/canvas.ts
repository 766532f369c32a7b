import sharp from 'sharp';
import type { Picture } from '../../data/picture.ts';
import { magnify, pipelineOf } from './png.ts';

/** A picture and where its upper left corner goes. */
export interface Panel {
  readonly picture: Picture;
  readonly left: number;
  readonly top: number;
}

/** Rows `top` to `top + height` of the canvas, over its whole width, and what is drawn there in the canvas's coordinates. */
export interface Strip {
  readonly svg: string;
  readonly top: number;
  readonly height: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Below this side, pictures keep hard pixel edges: smoothing would hide how little the network saw. */
const leastSmoothSide = 64;

/** White canvas, the strips of text and lines, then the panels over them. */
export async function compose(
  { width, height }: Size,
  strips: readonly Strip[],
  panels: readonly Panel[],
): Promise<Picture> {
  const canvas = filled({ width, height }, 255);
  const drawn = await Promise.all(
    strips.map(async (strip) => ({ picture: await drawStrip(strip, width), left: 0, top: strip.top })),
  );
  for (const panel of [...drawn, ...panels]) paste(canvas, panel);
  return canvas;
}

/** A picture of one grey level. */
export function filled({ width, height }: Size, level: number): Picture {
  return { width, height, rgb: new Uint8Array(width * height * 3).fill(level) };
}

/** An SVG document that shows the part of `drawing` from (0, top) on. */
export function svgDocument(drawing: string, { width, height }: Size, top = 0): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 ${top} ${width} ${height}">${drawing}</svg>`;
}

/** The pixels of an SVG document on white, `scale` of them a unit. */
export async function rasterise(svg: string, scale = 1): Promise<Picture> {
  // SVG has 72 units an inch in sharp.
  const { data, info } = await sharp(Buffer.from(svg), { density: 72 * scale })
    .flatten({ background: '#ffffff' })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, rgb: data };
}

/** Whether a picture is so small that each of its pixels should be seen. */
export function isSmall({ width, height }: Size): boolean {
  return Math.max(width, height) < leastSmoothSide;
}

/** Enlarged a whole number of times: photographs smoothly, small pictures with hard pixel edges. */
export async function enlarge(picture: Picture, factor: number): Promise<Picture> {
  if (factor === 1) return picture;
  if (isSmall(picture)) return magnify(picture, factor);
  return smoothly(picture, { width: picture.width * factor, height: picture.height * factor });
}

/** Enlarged or reduced by a cubic kernel, for photographs. */
export async function smoothly(picture: Picture, { width, height }: Size): Promise<Picture> {
  if (picture.width === width && picture.height === height) return picture;
  const rgb = await pipelineOf(picture)
    .resize({ width, height, fit: 'fill', kernel: 'cubic' })
    .raw()
    .toBuffer();
  return { width, height, rgb };
}

async function drawStrip({ svg, top, height }: Strip, width: number): Promise<Picture> {
  return rasterise(svgDocument(svg, { width, height }, top));
}

function paste(canvas: Picture, { picture, left, top }: Panel): void {
  const { width, height, rgb } = picture;
  for (let y = 0; y < height; y++) {
    const row = rgb.subarray(y * width * 3, (y + 1) * width * 3);
    canvas.rgb.set(row, ((top + y) * canvas.width + left) * 3);
  }
}
