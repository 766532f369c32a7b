import glyphs from './font/glyphs.json' with { type: 'json' };

/** Advance in thousandths of the em, and the outline. */
interface Glyph {
  readonly advance: number;
  readonly path: string;
}

const known: ReadonlyMap<string, Glyph> = new Map(
  Object.entries(glyphs).map(([character, entry]) => {
    const space = entry.indexOf(' ');
    if (space < 0) return [character, { advance: Number(entry), path: '' }];
    return [character, { advance: Number(entry.slice(0, space)), path: entry.slice(space + 1) }];
  }),
);

/** Stands for every character without an outline. */
const unknown: Glyph = { advance: 600, path: 'M60 0V-700H540V0ZM120 -60H480V-640H120Z' };

const glyphOf = (character: string): Glyph => known.get(character) ?? unknown;

export interface TextStyle {
  /** Height of the em in pixels. */
  readonly size: number;
  readonly fill?: string;
  readonly anchor?: 'start' | 'middle' | 'end';
}

/** Width of a line in pixels. */
export function textWidth(text: string, size: number): number {
  return [...text].reduce((width, character) => width + (glyphOf(character).advance * size) / 1000, 0);
}

/** The text cut to `width` pixels with an ellipsis where it is longer. */
export function fitText(text: string, size: number, width: number): string {
  if (textWidth(text, size) <= width) return text;
  let kept = [...text];
  while (kept.length > 0 && textWidth(`${kept.join('')}…`, size) > width) kept = kept.slice(0, -1);
  return `${kept.join('').trimEnd()}…`;
}

/** The text in lines of at most `width` pixels: broken at spaces, and inside a word only where that alone is wider. */
export function wrapText(text: string, size: number, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((whole) => pieces(whole, size, width))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line === '' || textWidth(longer, size) <= width) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

/** A word in parts of at most `width` pixels, but of one character at least. */
function pieces(word: string, size: number, width: number): string[] {
  if (textWidth(word, size) <= width) return [word];
  const parts: string[] = [];
  let part = '';
  for (const character of word) {
    if (part !== '' && textWidth(part + character, size) > width) {
      parts.push(part);
      part = '';
    }
    part += character;
  }
  return [...parts, part];
}

/**
 * One line of text as SVG outlines with its baseline at (x, y). Outlines, because a bare Linux machine has
 * no fonts at all and SVG text would come out blank there.
 */
export function textSvg(text: string, x: number, y: number, style: TextStyle): string {
  const { size, fill = '#222222', anchor = 'start' } = style;
  const width = textWidth(text, size);
  let left = anchor === 'start' ? x : anchor === 'middle' ? x - width / 2 : x - width;
  const parts: string[] = [];
  for (const character of text) {
    const { advance, path } = glyphOf(character);
    if (path !== '') {
      const transform = `translate(${left.toFixed(2)} ${y}) scale(${size / 1000})`;
      parts.push(`<path transform="${transform}" d="${path}"/>`);
    }
    left += (advance * size) / 1000;
  }
  return `<g fill="${fill}" fill-rule="nonzero">${parts.join('')}</g>`;
}
