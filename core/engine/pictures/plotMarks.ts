/** A place on the plot in pixels; not finite where there is no number. */
export type Point = readonly [number, number];

export type MarkerShape = 'circle' | 'square' | 'triangle' | 'diamond' | 'wedge' | 'cross' | 'plus';

/** What tells one curve from another, also without colour. */
export interface CurveStyle {
  readonly colour: string;
  readonly marker: MarkerShape;
  /** An SVG dash pattern; empty for a solid line. */
  readonly dash: string;
}

/** Okabe and Ito's palette (2008) without its yellow, which is too pale for lines on white. */
const palette = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#000000'] as const;
const markers = ['circle', 'square', 'triangle', 'diamond', 'wedge', 'cross', 'plus'] as const;
const dashes = ['', '8 4', '2.5 3', '10 3 2.5 3'] as const;

/** The style of curve `index`: colours repeat after seven, then with other markers and dashes. */
export function styleOf(index: number): CurveStyle {
  const round = Math.floor(index / palette.length);
  return {
    colour: palette[index % palette.length] ?? palette[0],
    marker: markers[(index + round) % markers.length] ?? markers[0],
    dash: dashes[(index + round) % dashes.length] ?? '',
  };
}

/** A line through the points, broken where one is missing. */
export function linePath(points: readonly Point[]): string {
  return runsOf(points.map((point) => [point, point] as const))
    .map((run) => polyline(run.map(([point]) => point)))
    .join('');
}

/** The area between two curves as closed polygons: along the upper one and back along the lower one. */
export function bandPath(upper: readonly Point[], lower: readonly Point[]): string {
  const pairs = upper.map((point, index) => [point, lower[index] ?? [Number.NaN, Number.NaN]] as const);
  return runsOf(pairs)
    .map(
      (run) =>
        `${polyline([...run.map(([above]) => above), ...run.map(([, below]) => below).toReversed()])}Z`,
    )
    .join('');
}

/** The marker of a style at a point: filled, with a white rim that sets it off its line. */
export function markerSvg({ colour, marker }: CurveStyle, [x, y]: Point): string {
  const stroked = marker === 'cross' || marker === 'plus';
  const paint = stroked
    ? `fill="none" stroke="${colour}" stroke-width="2"`
    : `fill="${colour}" stroke="#ffffff" stroke-width="0.8"`;
  return `<path transform="translate(${fixed(x)} ${fixed(y)})" d="${markerPaths[marker]}" ${paint}/>`;
}

/**
 * The points that get a marker: all where they lie at least 11 pixels apart on average, else the first after each gap and
 * then one in about 60 pixels, so that markers tell dense curves apart without hiding them.
 */
export function markedPoints(points: readonly Point[]): Point[] {
  const runs = runsOf(points.map((point) => [point, point] as const)).map((run) =>
    run.map(([point]) => point),
  );
  const all = runs.flat();
  const extent = (all.at(-1)?.[0] ?? 0) - (all[0]?.[0] ?? 0);
  if (extent >= 11 * (all.length - 1)) return all;
  return runs.flatMap((run) => {
    const marked: Point[] = [];
    for (const point of run) {
      if (point[0] - (marked.at(-1)?.[0] ?? -Infinity) >= 60) marked.push(point);
    }
    return marked;
  });
}

/** Of about equal area, about the origin. */
const markerPaths: Record<MarkerShape, string> = {
  circle: 'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0Z',
  square: 'M-3.6 -3.6H3.6V3.6H-3.6Z',
  triangle: 'M0 -4.9L4.7 3.4H-4.7Z',
  diamond: 'M0 -5.2L5.2 0L0 5.2L-5.2 0Z',
  wedge: 'M0 4.9L4.7 -3.4H-4.7Z',
  cross: 'M-3.6 -3.6L3.6 3.6M-3.6 3.6L3.6 -3.6',
  plus: 'M-4.6 0H4.6M0 -4.6V4.6',
};

/** Runs of consecutive pairs in which both points are numbers. */
function runsOf(pairs: readonly (readonly [Point, Point])[]): (readonly [Point, Point])[][] {
  const runs: (readonly [Point, Point])[][] = [];
  let run: (readonly [Point, Point])[] = [];
  for (const pair of pairs) {
    if (pair.every(isFinitePoint)) run.push(pair);
    else {
      runs.push(run);
      run = [];
    }
  }
  return [...runs, run].filter(({ length }) => length > 0);
}

const isFinitePoint = ([x, y]: Point): boolean => Number.isFinite(x) && Number.isFinite(y);

function polyline(points: readonly Point[]): string {
  return points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${fixed(x)} ${fixed(y)}`).join('');
}

/** Hundredths of a pixel, without trailing zeros. */
export const fixed = (value: number): string => String(Number(value.toFixed(2)));
