import type { ColourMapName } from '../../core/base/colourMap.ts';

/** How a layer's colours meet what lies below. */
export const blends = ['strength', 'normal', 'multiply', 'screen'] as const;

export type Blend = (typeof blends)[number];

export const blendTitles: Readonly<Record<Blend, string>> = {
  strength: 'By strength',
  normal: 'Normal',
  multiply: 'Multiply',
  screen: 'Screen',
};

/** One number a pixel. Never changed by how it is shown. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  /** width · height numbers, row by row. */
  readonly values: Float32Array;
}

/** What lies under the overlays: a picture. */
export interface BaseImage {
  /** Unique for its content. */
  readonly key: string;
  readonly width: number;
  readonly height: number;
  /** width · height · 4 bytes, RGBA without transparency. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

/** How the numbers of an overlay become colours. */
export interface LayerDisplay {
  readonly visible: boolean;
  readonly colourMap: ColourMapName;
  /** 0 to 1. */
  readonly opacity: number;
  readonly blend: Blend;
  /** The numbers at the ends of the colour map; `low` < `high`. */
  readonly low: number;
  readonly high: number;
  /** Values whose distance from zero is smaller are not drawn. */
  readonly threshold: number;
  /** Whether the range is kept symmetric about zero. */
  readonly symmetric: boolean;
}

/** An overlay: a plane of raw numbers and how it is shown. */
export interface Layer {
  /** Unique in its viewer. */
  readonly id: string;
  readonly title: string;
  /** Unique for its content. */
  readonly key: string;
  readonly plane: Plane;
  /** Whether zero is the middle of the numbers' meaning. */
  readonly signed: boolean;
  readonly display: LayerDisplay;
}

/** A value's place on the colour map, in [0, 1]; an empty range puts everything in the middle of a signed map. */
export function placeOf(value: number, { low, high }: Pick<LayerDisplay, 'low' | 'high'>): number {
  if (high === low) return low === 0 && value === 0 ? 0.5 : Number(value > low);
  return Math.min(1, Math.max(0, (value - low) / (high - low)));
}

/** The value at an image pixel, of a plane that may have another resolution than the image. */
export function valueAt(
  plane: Plane,
  x: number,
  y: number,
  image: { readonly width: number; readonly height: number },
): number {
  const column = Math.min(plane.width - 1, Math.floor(((x + 0.5) / image.width) * plane.width));
  const row = Math.min(plane.height - 1, Math.floor(((y + 0.5) / image.height) * plane.height));
  return plane.values[row * plane.width + column] ?? Number.NaN;
}
