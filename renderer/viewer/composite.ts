import { colourMaps } from '../../core/base/colourMap.ts';
import { type BaseImage, type Blend, type Layer, type LayerDisplay, placeOf } from './layer.ts';

/**
 * Draws picture and overlays at the picture's own resolution: what the WebGL renderer draws a screen pixel at a time,
 * for export, for the overview and for machines without WebGL.
 */
export function composite(
  base: BaseImage,
  layers: readonly Layer[],
  greyBase: boolean,
): Uint8ClampedArray<ArrayBuffer> {
  const rgba = base.rgba.slice();
  if (greyBase) makeGrey(rgba);
  for (const layer of layers) {
    if (layer.display.visible) layOver(rgba, base, layer);
  }
  return rgba;
}

/** Luma of Rec. 601, as grey pictures are made elsewhere in Loupe. */
function makeGrey(rgba: Uint8ClampedArray): void {
  for (let at = 0; at < rgba.length; at += 4) {
    const luma = 0.299 * (rgba[at] ?? 0) + 0.587 * (rgba[at + 1] ?? 0) + 0.114 * (rgba[at + 2] ?? 0);
    rgba.fill(luma, at, at + 3);
  }
}

function layOver(rgba: Uint8ClampedArray, base: BaseImage, { plane, display, signed }: Layer): void {
  const table = colourMaps[display.colourMap];
  for (let y = 0; y < base.height; y++) {
    const row = Math.min(plane.height - 1, Math.floor(((y + 0.5) * plane.height) / base.height));
    for (let x = 0; x < base.width; x++) {
      const column = Math.min(plane.width - 1, Math.floor(((x + 0.5) * plane.width) / base.width));
      const value = plane.values[row * plane.width + column] ?? Number.NaN;
      const at = (y * base.width + x) * 4;
      if (!Number.isFinite(value)) {
        rgba.set(chequer(x, y), at);
        continue;
      }
      const place = placeOf(value, display);
      const alpha = alphaOf(value, place, display, signed);
      if (alpha === 0) continue;
      const index = Math.round(colourPlace(place, display.blend, signed) * 255) * 3;
      for (let channel = 0; channel < 3; channel++) {
        const below = rgba[at + channel] ?? 0;
        const mixed = blended(display.blend, below, table[index + channel] ?? 0);
        rgba[at + channel] = below + (mixed - below) * alpha;
      }
    }
  }
}

/** Magenta and black squares, which no colour map contains: this is not a number. */
const chequer = (x: number, y: number): readonly number[] =>
  (Math.floor(x / 2) + Math.floor(y / 2)) % 2 === 0 ? [255, 0, 255] : [0, 0, 0];

/**
 * How much of the layer covers what is below. By strength, opacity rises with the square root of the magnitude, as
 * in exported overlays: what a map calls irrelevant stays visible as the photograph.
 */
export function alphaOf(value: number, place: number, display: LayerDisplay, signed: boolean): number {
  if (Math.abs(value) < display.threshold) return 0;
  if (display.blend !== 'strength') return display.opacity;
  return display.opacity * Math.sqrt(signed ? Math.abs(place - 0.5) * 2 : place);
}

/** By strength, a signed map uses the outer halves of its colours: the pale middle would lie as a haze on the picture. */
export function colourPlace(place: number, blend: Blend, signed: boolean): number {
  if (blend !== 'strength' || !signed) return place;
  return place < 0.5 ? place / 2 : 0.5 + place / 2;
}

function blended(blend: Blend, below: number, above: number): number {
  switch (blend) {
    case 'normal':
    case 'strength':
      return above;
    case 'multiply':
      return (below * above) / 255;
    case 'screen':
      return 255 - ((255 - below) * (255 - above)) / 255;
  }
}
