import { margin } from './heading.ts';
import type { Axis, Tick } from './plotAxes.ts';
import { fixed } from './plotMarks.ts';
import { type TextStyle, textSvg, textWidth, wrapText } from './text.ts';

/** Where curves are drawn, in pixels. */
export interface PlotArea {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface LabelledAxis {
  readonly axis: Axis;
  readonly label: string;
}

const tickSize = 12.5;
const labelSize = 14;
const leading = labelSize * 1.35;
const tickStyle: TextStyle = { size: tickSize, fill: '#333333' };
const labelStyle: TextStyle = { size: labelSize, fill: '#222222', anchor: 'middle' };

/** The plot area below `top` that leaves room for all labels within `width`. */
export function areaWithin(
  { x, y }: { x: LabelledAxis; y: LabelledAxis },
  { width, top, height }: { width: number; top: number; height: number },
): PlotArea {
  const widest = Math.max(0, ...y.axis.ticks.map(({ label }) => textWidth(label, tickSize)));
  const lines = wrapText(y.label, labelSize, height).length;
  // Labels under the horizontal axis are centred and reach beyond its ends; it is at least 0.6 of the width.
  const overhang = ({ label, value }: Tick, fromStart: boolean): number => {
    const place = x.axis.place(value);
    return textWidth(label, tickSize) / 2 + 10 - (fromStart ? place : 1 - place) * 0.6 * width;
  };
  const beyond = (fromStart: boolean): number[] => x.axis.ticks.map((tick) => overhang(tick, fromStart));
  const left = Math.ceil(Math.max(margin + lines * leading + widest + 14, ...beyond(true)));
  const right = Math.ceil(Math.max(margin, ...beyond(false)));
  return { left, top, width: width - left - right, height };
}

/** Where a point in data units lies, in pixels. */
export function pixelOf(area: PlotArea, x: Axis, y: Axis, at: readonly [number, number]): [number, number] {
  return [area.left + x.place(at[0]) * area.width, area.top + (1 - y.place(at[1])) * area.height];
}

/** Grid, axes, ticks and labels; `bottom` is the last baseline. */
export function frameSvg(
  { x, y }: { x: LabelledAxis; y: LabelledAxis },
  area: PlotArea,
): { svg: string; bottom: number } {
  const row = area.top + area.height + 9 + tickSize;
  const centres = x.axis.ticks.map(({ value }) => area.left + x.axis.place(value) * area.width);
  const [, second] = rowsOfLabels(x.axis.ticks, centres);
  const baseline = second.length === 0 ? row : row + tickSize * 1.35;
  const lines = wrapText(x.label, labelSize, area.width);
  const middle = area.left + area.width / 2;
  const first = baseline + 10 + labelSize;
  const label = lines.map((line, index) => textSvg(line, middle, first + index * leading, labelStyle));
  return {
    svg: [
      verticalTicks(y.axis, area),
      horizontalTicks(x.axis, area, [row, baseline]),
      `<path d="M${area.left} ${area.top}v${area.height}h${area.width}" fill="none" stroke="#444444"/>`,
      ...label,
      turnedLabel(y.label, area),
    ].join(''),
    bottom: Math.ceil(first + (lines.length - 1) * leading),
  };
}

/** Numbers to the left of the axis, and a grid line through the plot for each; the one of zero is darker. */
function verticalTicks({ ticks, place }: Axis, { left, top, width, height }: PlotArea): string {
  const parts = ticks.map(({ value, label }) => {
    const y = top + (1 - place(value)) * height;
    const grid = `<path d="M${left - 5} ${fixed(y)}h${width + 5}" stroke="${value === 0 ? '#b5b5b5' : '#e4e4e4'}"/>`;
    return grid + textSvg(label, left - 9, y + tickSize * 0.36, { ...tickStyle, anchor: 'end' });
  });
  return parts.join('');
}

function horizontalTicks({ ticks, place }: Axis, area: PlotArea, baselines: readonly number[]): string {
  const bottom = area.top + area.height;
  const centres = ticks.map(({ value }) => area.left + place(value) * area.width);
  const marks = centres.map((x) => `<path d="M${fixed(x)} ${bottom}v5" stroke="#444444"/>`);
  const labels = rowsOfLabels(ticks, centres).flatMap((row, index) =>
    row.map((shown) =>
      textSvg(ticks[shown]?.label ?? '', centres[shown] ?? 0, baselines[index] ?? 0, {
        ...tickStyle,
        anchor: 'middle',
      }),
    ),
  );
  return [...marks, ...labels].join('');
}

/**
 * Which labels go into the first row under the axis and which into the second: each, from the left, where it touches neither the
 * one before nor, in the first row, the last label, which always stands there. Labels without room are left out.
 */
export function rowsOfLabels(ticks: readonly Tick[], centres: readonly number[]): [number[], number[]] {
  const space = 8;
  const edges = ticks.map(({ label }, index) => {
    const half = textWidth(label, tickSize) / 2;
    return { left: (centres[index] ?? 0) - half, right: (centres[index] ?? 0) + half };
  });
  const last = edges.length - 1;
  const rows: [number[], number[]] = [[], []];
  const ends = [-Infinity, -Infinity];
  edges.forEach(({ left, right }, index) => {
    const fits = (row: number): boolean => left >= (ends[row] ?? 0) + space;
    const beforeLast = index === last || right + space <= (edges[last]?.left ?? 0);
    const row = fits(0) && beforeLast ? 0 : 1;
    if (!fits(row)) return;
    rows[row].push(index);
    ends[row] = right;
  });
  return rows;
}

/** The label of the vertical axis, read from below. */
function turnedLabel(label: string, { top, height }: PlotArea): string {
  const y = top + height / 2;
  const lines = wrapText(label, labelSize, height).map((line, index) => {
    const x = margin + labelSize * 0.8 + index * leading;
    return `<g transform="rotate(-90 ${fixed(x)} ${fixed(y)})">${textSvg(line, x, y, labelStyle)}</g>`;
  });
  return lines.join('');
}
