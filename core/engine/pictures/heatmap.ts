import type { Picture } from '../../data/picture.ts';
import { type ColourMapName, colourMaps, paint } from '../../base/colourMap.ts';
import { paintChequer, paintTensor } from './image.ts';
import { type MapScale, type ValueMap, levelAbout, positionOf, scaleOf } from '../../base/mapScale.ts';

/** A map as a picture, with the scale that turned numbers into colours. */
export interface DrawnMap extends Picture {
  readonly map: ValueMap;
  readonly scale: MapScale;
  readonly colourMap: ColourMapName;
}

export interface DrawOptions {
  /** The magnitude at the ends of the colour map, so that several pictures can share one; robust unless told. */
  readonly limit?: number;
  readonly colourMap?: ColourMapName;
}

/**
 * Draws a map: signed maps blue (negative) to red about a white zero, others in magma from zero up. Pixels that
 * are no numbers are drawn as a chequer of magenta, which no colour map contains.
 */
export function drawMap(map: ValueMap, options: DrawOptions = {}): DrawnMap {
  const scale = scaleOf(map, options.limit);
  const colourMap = options.colourMap ?? (map.signed ? 'blueRed' : 'magma');
  const table = colourMaps[colourMap];
  const rgb = new Uint8Array(map.values.length * 3);
  const neutral = scale.high === 0 && map.signed;
  map.values.forEach((value, pixel) => {
    if (Number.isFinite(value)) paint(table, neutral ? 0.5 : positionOf(value, scale), rgb, pixel * 3);
    else paintChequer(rgb, pixel, map.width);
  });
  return { width: map.width, height: map.height, rgb, map, scale, colourMap };
}

/**
 * Draws a gradient of all three colours ([3, H, W], as guided backpropagation is usually shown): zero is mid-grey, and
 * all channels share one robust limit.
 */
export function drawColourGradient(values: Float32Array, width: number, height: number): Picture {
  const scale = scaleOf({ width, height: height * 3, values, signed: true });
  return paintTensor(values, [3, height, width], (value) => levelAbout(value, scale));
}
