import type { Matrix } from './axisMap.ts';

/** How Resize computes one output element from its neighbours along an axis. */
export interface Interpolation {
  readonly mode: 'nearest' | 'linear' | 'cubic';
  /** Resize's coordinate_transformation_mode. */
  readonly coordinates: string;
  readonly nearestMode: string;
  readonly cubicCoefficient: number;
  readonly excludeOutside: boolean;
}

/** One axis: its length before and after, and the scale that its coordinates are computed with. */
export interface ResizedAxis {
  readonly from: number;
  readonly to: number;
  readonly scale: number;
}

/** ONNX Runtime computes coordinates in float32; at ties the rounding decides which neighbour is the nearest. */
const f32 = Math.fround;

/** The place of output element `at` on the input axis, as the table of Resize in the ONNX specification says. */
const coordinateOf: Readonly<Record<string, (at: number, axis: ResizedAxis) => number>> = {
  half_pixel: (at, { scale }) => f32(f32(f32(at + 0.5) / scale) - 0.5),
  asymmetric: (at, { scale }) => f32(at / scale),
  pytorch_half_pixel: (at, { scale, to }) => (to > 1 ? f32(f32(f32(at + 0.5) / scale) - 0.5) : 0),
  align_corners: (at, { from, to }) => (to === 1 ? 0 : f32(f32(at * (from - 1)) / (to - 1))),
  half_pixel_symmetric: (at, { from, to, scale }) => {
    const adjustment = f32(to / f32(scale * from));
    const offset = f32(f32(from / 2) * f32(1 - adjustment));
    return f32(offset + (at + 0.5) / scale - 0.5);
  },
};

export const coordinateModes: readonly string[] = Object.keys(coordinateOf);

/** ONNX Runtime takes a place within 1e-6 of the middle for the middle. */
const isTie = (x: number): boolean => Math.abs(x - Math.floor(x) - 0.5) < 1e-6;

const nearestOf: Readonly<Record<string, (x: number) => number>> = {
  round_prefer_floor: (x) => (isTie(x) ? Math.floor(x) : Math.round(x)),
  round_prefer_ceil: (x) => (isTie(x) ? Math.ceil(x) : Math.round(x)),
  floor: Math.floor,
  ceil: Math.ceil,
};

export const nearestModes: readonly string[] = Object.keys(nearestOf);

const clamp = (at: number, { from }: ResizedAxis): number => Math.max(0, Math.min(at, from - 1));

function coordinates(axis: ResizedAxis, mode: string): number[] {
  const place = axis.scale === 1 ? undefined : coordinateOf[mode];
  return Array.from({ length: axis.to }, (_, at) => place?.(at, axis) ?? at);
}

/** For every output element the input element that mode nearest copies. */
export function nearestSources(
  axis: ResizedAxis,
  { coordinates: mode, nearestMode }: Interpolation,
): number[] {
  const nearest = nearestOf[nearestMode] ?? Math.round;
  return coordinates(axis, mode).map((x) => clamp(nearest(x), axis));
}

/** Weights of the neighbours ⌊x⌋ and ⌊x⌋ + 1; outside the axis the end element has all the weight. */
function linearWeights(x: number, axis: ResizedAxis): [at: number, weight: number][] {
  const inside = clamp(x, axis);
  const left = Math.floor(inside);
  return [
    [left, 1 - (inside - left)],
    [Math.min(left + 1, axis.from - 1), inside - left],
  ];
}

/** Keys' cubic convolution on ⌊x⌋ − 1 … ⌊x⌋ + 2 (Keys 1981, eq. 15, with the coefficient a). */
function cubicWeights(x: number, axis: ResizedAxis, how: Interpolation): [at: number, weight: number][] {
  const { cubicCoefficient: a, excludeOutside } = how;
  const first = Math.floor(x) - 1;
  const s = f32(x - Math.floor(x));
  const near = (t: number): number => ((a + 2) * t - (a + 3)) * t * t + 1;
  const far = (t: number): number => ((a * t - 5 * a) * t + 8 * a) * t - 4 * a;
  const weights = [far(s + 1), near(s), near(1 - s), far(2 - s)];
  const outside = (index: number): boolean => first + index < 0 || first + index >= axis.from;
  const kept = weights.map((weight, index) => (excludeOutside && outside(index) ? 0 : weight));
  const sum = excludeOutside ? kept.reduce((total, weight) => total + weight, 0) : 1;
  return kept.map((weight, index) => [clamp(first + index, axis), weight / sum]);
}

/** The matrix [to, from] of a resize along one axis: row i holds the weights that make output element i. */
export function interpolationMatrix(axis: ResizedAxis, how: Interpolation): Matrix {
  const data = new Float32Array(axis.to * axis.from);
  const put = (row: number, weights: [at: number, weight: number][]): void => {
    for (const [at, weight] of weights)
      data[row * axis.from + at] = (data[row * axis.from + at] ?? 0) + weight;
  };
  if (how.mode === 'nearest') nearestSources(axis, how).forEach((at, row) => put(row, [[at, 1]]));
  else {
    coordinates(axis, how.coordinates).forEach((x, row) =>
      put(row, how.mode === 'linear' ? linearWeights(x, axis) : cubicWeights(x, axis, how)),
    );
  }
  return { rows: axis.to, columns: axis.from, data };
}
