import { type Tensor, tensor } from '../../base/tensor.ts';

/** An example in a plane of two numbers. */
export interface PlanePoint {
  readonly at: readonly [x: number, y: number];
  /** Which of the two classes it belongs to. */
  readonly positive: boolean;
}

/** Where w₁x + w₂y + b = 0. */
export interface PlaneLine {
  readonly weights: readonly [number, number];
  readonly bias: number;
  /** One of many: thin and pale. */
  readonly faint?: boolean;
}

export interface Plane {
  /** The lower left and the upper right corner of the picture are at (low, low) and (high, high). */
  readonly low: number;
  readonly high: number;
  readonly points: readonly PlanePoint[];
  readonly lines?: readonly PlaneLine[];
  /** How strongly a network answers "positive" from 0 to 1, on a square grid of cells row by row from the top. */
  readonly answers?: Float32Array;
}

type Colour = readonly [number, number, number];

/** Okabe and Ito's blue and vermilion, which nobody confuses, and both mixed with white for areas. */
const blue: Colour = [0, 0.447, 0.698];
const vermilion: Colour = [0.835, 0.369, 0];
const [paleBlue, paleVermilion]: readonly Colour[] = [blue, vermilion].map((colour) =>
  mix([1, 1, 1], colour, 0.22),
);
const white: Colour = [1, 1, 1];
const dark: Colour = [0.13, 0.13, 0.13];
const grey: Colour = [0.62, 0.62, 0.62];
const paleGrey: Colour = [0.86, 0.86, 0.86];

/** Pixels of a side. */
export const planeSide = 256;
const radius = 9;

function mix([r, g, b]: Colour, [toR, toG, toB]: Colour, share: number): Colour {
  return [r + (toR - r) * share, g + (toG - g) * share, b + (toB - b) * share];
}

/** How much of a pixel is covered by what reaches `reach` pixels from its centre line. */
const coverage = (distance: number, reach: number): number =>
  Math.min(1, Math.max(0, reach + 0.5 - distance));

/** The centres of the cells of a grid of `cells`² over the plane, as [cells², 2], row by row from the top. */
export function planeGrid({ low, high }: Pick<Plane, 'low' | 'high'>, cells: number): Float32Array {
  const place = (index: number): number => low + ((high - low) * (index + 0.5)) / cells;
  const rows = Array.from({ length: cells }, (_, row) => place(cells - 1 - row));
  return Float32Array.from(rows.flatMap((y) => rows.map((_, column) => [place(column), y]).flat()));
}

/**
 * A picture [3, H, W] of points, lines and areas in a plane: positive points are filled blue discs, the others vermilion rings; the area
 * where a network answers "positive" is blue, the other one vermilion. Thin lines mark 0 and 1.
 */
export function drawPlane(plane: Plane): Tensor {
  const area = planeSide * planeSide;
  const data = new Float32Array(3 * area);
  const scale = planeSide / (plane.high - plane.low);
  for (let row = 0; row < planeSide; row++) {
    for (let column = 0; column < planeSide; column++) {
      const x = plane.low + (column + 0.5) / scale;
      const y = plane.high - (row + 0.5) / scale;
      const colour = colourAt(plane, [x, y], scale);
      colour.forEach((value, channel) => {
        data[channel * area + row * planeSide + column] = value;
      });
    }
  }
  return tensor('float32', data, [3, planeSide, planeSide]);
}

function colourAt(plane: Plane, [x, y]: readonly [number, number], scale: number): Colour {
  let colour = areaColour(plane, x, y);
  for (const mark of [0, 1]) {
    const distance = Math.min(Math.abs(x - mark), Math.abs(y - mark)) * scale;
    colour = mix(colour, paleGrey, coverage(distance, 0.5));
  }
  for (const { weights, bias, faint } of plane.lines ?? []) {
    const length = Math.hypot(...weights);
    const distance = (Math.abs(weights[0] * x + weights[1] * y + bias) / length) * scale;
    colour = mix(colour, faint === true ? grey : dark, coverage(distance, faint === true ? 0.4 : 1.2));
  }
  for (const { at, positive } of plane.points) {
    const distance = Math.hypot(x - at[0], y - at[1]) * scale;
    colour = mix(colour, white, coverage(distance, radius + 2));
    colour = mix(colour, positive ? blue : vermilion, coverage(distance, radius));
    if (!positive) colour = mix(colour, white, coverage(distance, radius - 3.5));
  }
  return colour;
}

function areaColour({ low, high, answers }: Plane, x: number, y: number): Colour {
  if (answers === undefined) return white;
  const cells = Math.round(Math.sqrt(answers.length));
  const cell = (value: number): number =>
    Math.min(cells - 1, Math.max(0, Math.floor(((value - low) / (high - low)) * cells)));
  const answer = answers[(cells - 1 - cell(y)) * cells + cell(x)] ?? 0;
  return mix(paleVermilion ?? white, paleBlue ?? white, answer);
}
