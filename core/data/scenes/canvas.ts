import { square } from './arithmetic.ts';
import type { Colour } from './colours.ts';

/** A picture that is being painted. */
export interface Canvas {
  readonly size: number;
  /** [3, size, size], about [0, 1]; clipped when it is developed. */
  readonly planes: Float32Array;
}

/** Something flat with two colours. Positions are in pixels; the centre of the first pixel is (0.5, 0.5). */
export interface Layer {
  /** Nothing of it lies farther than `reach` from (x, y). */
  readonly x: number;
  readonly y: number;
  readonly reach: number;
  /** 0 outside, else the colour. */
  readonly at: (x: number, y: number) => 0 | 1 | 2;
  readonly colours: readonly [Colour, Colour];
  /** 1 unless told. */
  readonly opacity?: number;
  /** A factor on the colours; 1 unless told. */
  readonly gain?: (x: number, y: number) => number;
  /** Samples along a side of a pixel; 4 unless told. */
  readonly samples?: number;
}

export function blankCanvas(size: number): Canvas {
  return { size, planes: new Float32Array(3 * size * size) };
}

/**
 * Paints a layer over what is there, antialiased: colour and coverage of a pixel are the means over samples² points. Tells `covered` the
 * share of every pixel that is hidden now.
 */
export function paint(
  canvas: Canvas,
  layer: Layer,
  covered?: (pixel: number, coverage: number) => void,
): void {
  const { size } = canvas;
  const { x, y, reach, at, gain, opacity = 1, samples = 4 } = layer;
  const [left, right] = [Math.max(0, Math.floor(x - reach)), Math.min(size, Math.ceil(x + reach))];
  const [top, bottom] = [Math.max(0, Math.floor(y - reach)), Math.min(size, Math.ceil(y + reach))];
  const unit = opacity / (samples * samples);
  // A pixel whose centre is farther away has no corner within reach.
  const farthest = square(reach + 0.75);
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      if (square(column + 0.5 - x) + square(row + 0.5 - y) > farthest) continue;
      let first = 0;
      let second = 0;
      for (let j = 0; j < samples; j++) {
        for (let i = 0; i < samples; i++) {
          const what = at(column + (i + 0.5) / samples, row + (j + 0.5) / samples);
          if (what === 1) first++;
          else if (what === 2) second++;
        }
      }
      if (first + second === 0) continue;
      const pixel = row * size + column;
      blend(canvas, pixel, layer.colours, first * unit, second * unit, gain?.(column + 0.5, row + 0.5) ?? 1);
      covered?.(pixel, (first + second) * unit);
    }
  }
}

function blend(
  { size, planes }: Canvas,
  pixel: number,
  [one, two]: readonly [Colour, Colour],
  first: number,
  second: number,
  gain: number,
): void {
  const plane = size * size;
  for (let channel = 0; channel < 3; channel++) {
    const at = channel * plane + pixel;
    const painted = first * (one[channel] ?? 0) + second * (two[channel] ?? 0);
    planes[at] = (planes[at] ?? 0) * (1 - first - second) + painted * gain;
  }
}

/** Multiplies every pixel by a factor of its position. */
export function light({ size, planes }: Canvas, gain: (x: number, y: number) => number): void {
  const plane = size * size;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const factor = gain(column + 0.5, row + 0.5);
      for (let at = row * size + column; at < 3 * plane; at += plane) planes[at] = (planes[at] ?? 0) * factor;
    }
  }
}
