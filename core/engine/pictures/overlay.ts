import { greyed } from '../../data/fit.ts';
import type { Picture } from '../../data/picture.ts';
import { LoupeError } from '../../base/errors.ts';
import { colourMaps, paint } from '../../base/colourMap.ts';
import type { DrawnMap } from './heatmap.ts';
import { paintChequer } from './image.ts';
import { positionOf } from '../../base/mapScale.ts';

export interface OverlayOptions {
  /** Lay the map on the picture in grey, so that its colours mean only the map; on unless told. */
  readonly grey?: boolean;
  /** Opacity of the strongest values; 0.8 unless told. */
  readonly opacity?: number;
}

/**
 * Lays a drawn map on the picture that the network saw. Opacity rises with the magnitude (by its square root, so that
 * middling values still show), hence what the map calls irrelevant stays visible as the photograph.
 */
export function overlayMap(picture: Picture, drawn: DrawnMap, options: OverlayOptions = {}): Picture {
  const { map, scale } = drawn;
  if (picture.width !== drawn.width || picture.height !== drawn.height) {
    throw new LoupeError(
      'internal',
      `A map of ${drawn.width}x${drawn.height} cannot lie on a picture of ${picture.width}x${picture.height}.`,
    );
  }
  const base = options.grey === false ? picture.rgb : greyed(picture).rgb;
  const strongest = options.opacity ?? 0.8;
  const rgb = new Uint8Array(base.length);
  const table = colourMaps[drawn.colourMap];
  const colour = new Uint8Array(3);
  map.values.forEach((value, pixel) => {
    if (!Number.isFinite(value)) {
      paintChequer(rgb, pixel, map.width);
      return;
    }
    const position = Math.min(1, Math.max(0, positionOf(value, scale)));
    const strength = map.signed ? Math.abs(position - 0.5) * 2 : position;
    const alpha = scale.high === 0 ? 0 : strongest * Math.sqrt(strength);
    paint(table, map.signed ? outwards(position) : position, colour, 0);
    for (let channel = 0; channel < 3; channel++) {
      const at = pixel * 3 + channel;
      rgb[at] = Math.round((base[at] ?? 0) * (1 - alpha) + (colour[channel] ?? 0) * alpha);
    }
  });
  return { width: picture.width, height: picture.height, rgb };
}

/**
 * A place of the outer halves of a diverging map: its pale middle would lie on the photograph as a haze, and
 * weakness is told by the opacity already.
 */
function outwards(position: number): number {
  return position < 0.5 ? position / 2 : 0.5 + position / 2;
}
