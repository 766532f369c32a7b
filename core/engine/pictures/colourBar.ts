import type { Picture } from '../../data/picture.ts';
import { colourMaps, paint } from '../../base/colourMap.ts';
import type { DrawnMap } from './heatmap.ts';
import { formatNumber } from '../../base/formatNumber.ts';
import { textSvg, textWidth } from './text.ts';

/** The drawn map's colours from its low to its high end. */
export function colourBar(drawn: DrawnMap, width: number, height: number): Picture {
  const rgb = new Uint8Array(width * height * 3);
  const table = colourMaps[drawn.colourMap];
  for (let pixel = 0; pixel < width * height; pixel++) {
    paint(table, (pixel % width) / (width - 1), rgb, pixel * 3);
  }
  return { width, height, rgb };
}

/**
 * Three ticks with numbers under a bar that begins at (x, y): both ends and the middle, whose number is left out where
 * it would touch the others.
 */
export function barTicksSvg(drawn: DrawnMap, x: number, y: number, width: number, size: number): string {
  const { low, high } = drawn.scale;
  const ticks = [
    { at: x + 0.5, value: low, anchor: 'start' },
    { at: x + width / 2, value: (low + high) / 2, anchor: 'middle' },
    { at: x + width - 0.5, value: high, anchor: 'end' },
  ] as const;
  const [first, middle, last] = ticks.map(({ value }) => textWidth(formatNumber(value), size));
  const room = width / 2 - (middle ?? 0) / 2 - Math.max(first ?? 0, last ?? 0);
  const shown = room < size / 2 ? ticks.filter(({ anchor }) => anchor !== 'middle') : ticks;
  const marks = ticks.map(({ at }) => `<path d="M${at} ${y}v5" stroke="#666666" stroke-width="1"/>`);
  const labels = shown.map(({ at, value, anchor }) =>
    textSvg(formatNumber(value), at, y + 6 + size, { size, fill: '#444444', anchor }),
  );
  return [...marks, ...labels].join('');
}
