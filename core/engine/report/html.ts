/** A piece of HTML, as against text that still has to be escaped. */
export class Markup {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

type Part = Markup | string | number | readonly Markup[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);

function sourceOf(part: Part): string {
  if (part instanceof Markup) return part.source;
  if (typeof part === 'object') return part.map(({ source }) => source).join('\n');
  return escaped(String(part));
}

/** A template whose texts are escaped, and whose pieces of HTML are put in as they are. */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const [first = '', ...rest] = literals.raw;
  return new Markup(first + rest.map((literal, index) => sourceOf(parts[index] ?? '') + literal).join(''));
}

/** A file of the same folder, or below it, as the value of `href` or `src`. */
export function relativeUrl(file: string): string {
  return file.split(/[\\/]/).map(encodeURIComponent).join('/');
}
