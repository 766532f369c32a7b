import type { TextBlock } from './heading.ts';
import { type CurveStyle, fixed, markerSvg } from './plotMarks.ts';
import { textSvg, textWidth, wrapText } from './text.ts';

export interface LegendEntry {
  readonly label: string;
  readonly style: CurveStyle;
}

const size = 13.5;
const [sampleWidth, sampleGap, entryGap, rowHeight] = [44, 8, 26, 22];

/** A sample of each line with its label, in rows of at most `width` from (left, top) down. */
export function legendSvg(
  entries: readonly LegendEntry[],
  { left, top, width }: { left: number; top: number; width: number },
): TextBlock {
  let [x, y] = [left, top + rowHeight / 2];
  const parts: string[] = [];
  for (const { label, style } of entries) {
    const lines = wrapText(label, size, width - sampleWidth - sampleGap);
    const labelWidth = Math.max(...lines.map((line) => textWidth(line, size)));
    const entryWidth = sampleWidth + sampleGap + labelWidth;
    if (x > left && x + entryWidth > left + width) {
      x = left;
      y += rowHeight;
    }
    parts.push(sampleSvg(style, x, y));
    lines.forEach((line, index) => {
      const baseline = y + size * 0.36 + index * rowHeight;
      parts.push(textSvg(line, x + sampleWidth + sampleGap, baseline, { size, fill: '#222222' }));
    });
    // A label of several lines fills the width, so that the next entry begins a row anyway.
    y += (lines.length - 1) * rowHeight;
    x += entryWidth + entryGap;
  }
  return { svg: parts.join(''), bottom: Math.ceil(y + rowHeight / 2) };
}

function sampleSvg(style: CurveStyle, x: number, y: number): string {
  return (
    strokeSvg(style, `M${fixed(x)} ${fixed(y)}h${sampleWidth}`) + markerSvg(style, [x + sampleWidth / 2, y])
  );
}

/** A line in the style of its curve. */
export function strokeSvg({ colour, dash }: CurveStyle, path: string): string {
  const dashes = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2" stroke-linejoin="round"${dashes}/>`;
}
