import { textSvg, wrapText } from './text.ts';

/** White space about a figure, in pixels. */
export const margin = 28;

/** Heights of the em in pixels. */
export const textSizes = { title: 22, line: 15, caption: 14, note: 13 };

/** SVG of a block of text, and its last baseline. */
export interface TextBlock {
  readonly svg: string;
  readonly bottom: number;
}

/** A title and lines from the top margin down, wrapped to `width`. */
export function headingSvg(title: string, lines: readonly string[], width: number): TextBlock {
  const { title: titleSize, line: lineSize } = textSizes;
  let y = margin - titleSize * 0.45;
  const parts: string[] = [];
  for (const text of wrapText(title, titleSize, width)) {
    y += titleSize * 1.25;
    parts.push(textSvg(text, margin, y, { size: titleSize, fill: '#111111' }));
  }
  for (const text of lines.flatMap((line) => wrapText(line, lineSize, width))) {
    y += lineSize * 1.6;
    parts.push(textSvg(text, margin, y, { size: lineSize, fill: '#333333' }));
  }
  return { svg: parts.join(''), bottom: Math.round(y) };
}

/** What a reader must know, below `top`: notes in grey, warnings after them in purple. `bottom` is `top` where there are none. */
export function notesSvg(
  { notes, warnings = [] }: { notes: readonly string[]; warnings?: readonly string[] },
  top: number,
  width: number,
): TextBlock {
  const size = textSizes.note;
  let y = top;
  const parts: string[] = [];
  const write = (texts: readonly string[], fill: string): void => {
    for (const text of texts.flatMap((note) => wrapText(note, size, width))) {
      y += size * 1.6;
      parts.push(textSvg(text, margin, y, { size, fill }));
    }
  };
  write(notes, noteFill);
  write(warnings, warningFill);
  return { svg: parts.join(''), bottom: Math.ceil(y) };
}

export const noteFill = '#555555';
export const warningFill = '#b00060';
