import { expected } from '../../base/errors.ts';
import { rasterise, svgDocument } from './canvas.ts';
import { headingSvg, margin, notesSvg } from './heading.ts';
import { type Axis, horizontalAxis, verticalAxis } from './plotAxes.ts';
import { type PlotArea, areaWithin, frameSvg, pixelOf } from './plotFrame.ts';
import { legendSvg, strokeSvg } from './plotLegend.ts';
import {
  type CurveStyle,
  type Point,
  bandPath,
  linePath,
  markedPoints,
  markerSvg,
  styleOf,
} from './plotMarks.ts';
import { encodePng } from './png.ts';

/** One curve, a number for each x; NaN where there is none. */
export interface Curve {
  readonly label: string;
  readonly y: readonly number[];
  /** The ends of a confidence band, both or neither; say what it means in the plot's lines. */
  readonly low?: readonly number[];
  readonly high?: readonly number[];
}

export interface CurvePlot {
  readonly title: string;
  /** Lines under the title. */
  readonly lines?: readonly string[];
  readonly x: {
    /** With its unit: `epsilon (of the pixel range)`. */
    readonly label: string;
    /** Increasing, shared by all curves; positive where the axis is logarithmic. */
    readonly values: readonly number[];
    /** A label for each value, such as `2/255`; nice numbers unless told. */
    readonly ticks?: readonly string[];
    readonly logarithmic?: boolean;
  };
  readonly y: {
    readonly label: string;
    /** The ends of the axis, in the curves' unit; from the data unless told. */
    readonly range?: readonly [number, number];
    /** Curves hold shares of one, which the axis shows in percent (from 0 to 100 unless a range is told). */
    readonly percent?: boolean;
  };
  /** At least one. */
  readonly series: readonly Curve[];
}

const [width, plotHeight] = [760, 360];
/** Pixels of the PNG for one of the SVG. */
const pngScale = 2;

/**
 * A line plot as an SVG document with white background and text as outlines: curves with bands and markers, axes with
 * ticks at 1, 2, 5 times powers of ten, a legend, and notes on what is missing or outside the axis.
 *
 * @throws LoupeError badArgument for curves that do not fit the x values, or ranges that are none.
 */
export function curvesSvg(plot: CurvePlot): string {
  checkPlot(plot);
  const x = {
    label: plot.x.label,
    axis: horizontalAxis({
      values: plot.x.values,
      labels: plot.x.ticks,
      logarithmic: plot.x.logarithmic ?? false,
    }),
  };
  const shown = plot.series.flatMap(({ y, low = [], high = [] }) => [...y, ...low, ...high]);
  const { range, percent = false } = plot.y;
  const y = { label: plot.y.label, axis: verticalAxis({ values: shown, range, percent }) };
  const innerWidth = width - 2 * margin;
  const heading = headingSvg(plot.title, plot.lines ?? [], innerWidth);
  const entries = plot.series.map(({ label }, index) => ({ label, style: styleOf(index) }));
  const place = { left: margin, top: heading.bottom + 12, width: innerWidth };
  const legend = legendSvg(entries, place);
  const area = areaWithin({ x, y }, { width, top: legend.bottom + 16, height: plotHeight });
  const frame = frameSvg({ x, y }, area);
  const foot = notesSvg(notesOnCurves(plot, y.axis), frame.bottom + 8, innerWidth);
  const height = foot.bottom + margin;
  const background = `<rect width="${width}" height="${height}" fill="#ffffff"/>`;
  const curves = curvesInside(plot, { area, x: x.axis, y: y.axis });
  const drawing = [background, heading.svg, legend.svg, frame.svg, curves, foot.svg];
  return svgDocument(drawing.join(''), { width, height });
}

/** The plot of `curvesSvg` as a PNG, at twice its size. */
export async function drawCurves(plot: CurvePlot): Promise<Uint8Array> {
  return encodePng(await rasterise(curvesSvg(plot), pngScale));
}

interface Placement {
  readonly area: PlotArea;
  readonly x: Axis;
  readonly y: Axis;
}

/** Bands below lines below markers. Lines and bands end at the axes; markers on them are whole. */
function curvesInside({ x, series }: CurvePlot, placement: Placement): string {
  const curves = series.map((curve, index) => {
    const pointsOf = (values: readonly number[]): Point[] =>
      values.map((value, at) =>
        pixelOf(placement.area, placement.x, placement.y, [x.values[at] ?? Number.NaN, value]),
      );
    return { style: styleOf(index), points: pointsOf(curve.y), band: bandOf(curve, pointsOf) };
  });
  const bands = curves.map(({ style, band }) => (band === undefined ? '' : areaSvg(style, band)));
  const lines = curves.map(({ style, points }) => strokeSvg(style, linePath(points)));
  const markers = curves.flatMap(({ style, points }) =>
    markedPoints(points)
      .filter(isInside(placement.area))
      .map((point) => markerSvg(style, point)),
  );
  return clipped([...bands, ...lines].join(''), placement.area) + markers.join('');
}

function bandOf({ low, high }: Curve, pointsOf: (values: readonly number[]) => Point[]): string | undefined {
  return low === undefined || high === undefined ? undefined : bandPath(pointsOf(high), pointsOf(low));
}

/** Translucent, with a thin edge that also shows a band at a single point. */
function areaSvg({ colour }: CurveStyle, path: string): string {
  return `<path d="${path}" fill="${colour}" fill-opacity="0.16" stroke="${colour}" stroke-opacity="0.45" stroke-width="1"/>`;
}

/** A nested SVG clips without an id, of which a page with several plots could hold but one. A pixel is left for lines on the axes. */
function clipped(drawing: string, { left, top, width, height }: PlotArea): string {
  const box = [left - 1, top - 1, width + 2, height + 2] as const;
  const [x, y, boxWidth, boxHeight] = box;
  return `<svg x="${x}" y="${y}" width="${boxWidth}" height="${boxHeight}" viewBox="${box.join(' ')}">${drawing}</svg>`;
}

const isInside =
  ({ left, top, width, height }: PlotArea) =>
  ([x, y]: Point): boolean =>
    x >= left - 0.5 && x <= left + width + 0.5 && y >= top - 0.5 && y <= top + height + 0.5;

/** What the picture alone would hide. */
function notesOnCurves({ series }: CurvePlot, { low, high }: Axis): { notes: string[]; warnings: string[] } {
  const slack = (high - low) * 1e-6;
  const counted = (curve: Curve, test: (value: number) => boolean, what: string): string[] => {
    const count = curve.y.filter(test).length;
    return count === 0 ? [] : [`${curve.label}: ${count} of ${curve.y.length} values ${what}.`];
  };
  const outside = (value: number): boolean =>
    Number.isFinite(value) && (value < low - slack || value > high + slack);
  return {
    notes: series.flatMap((curve) => counted(curve, outside, 'lie outside the axis')),
    warnings: series.flatMap((curve) =>
      counted(curve, (value) => !Number.isFinite(value), 'are no finite numbers and are left out'),
    ),
  };
}

function checkPlot({ x, y, series }: CurvePlot): void {
  const refuse = (wanted: string, what: string, received: string): never => {
    throw expected('badArgument', { wanted, for: what, received });
  };
  const count = x.values.length;
  if (count === 0) refuse('at least one value', 'the x axis of a plot', 'none');
  if (series.length === 0) refuse('at least one curve', 'a plot', 'none');
  x.values.forEach((value, index) => {
    if (!Number.isFinite(value)) refuse('finite numbers', 'the x axis of a plot', String(value));
    const before = x.values[index - 1] ?? -Infinity;
    if (value <= before) refuse('increasing numbers', 'the x axis of a plot', `${before}, then ${value}`);
    if (x.logarithmic === true && value <= 0)
      refuse('positive numbers', 'the logarithmic x axis of a plot', String(value));
  });
  if (x.ticks !== undefined && x.ticks.length !== count)
    refuse(`${count} labels`, 'the x axis of a plot', String(x.ticks.length));
  const [low, high] = y.range ?? [0, 1];
  if (!(low < high && Number.isFinite(high - low)))
    refuse('two finite numbers, the lower first', 'the range of the y axis', `[${low}, ${high}]`);
  for (const curve of series) {
    if ((curve.low === undefined) !== (curve.high === undefined))
      refuse('both or neither of low and high', `the band of "${curve.label}"`, 'one of them');
    for (const values of [curve.y, curve.low ?? curve.y, curve.high ?? curve.y]) {
      if (values.length !== count)
        refuse(`${count} values, one for each x`, `the curve "${curve.label}"`, String(values.length));
    }
  }
}
