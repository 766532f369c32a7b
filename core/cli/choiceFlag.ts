import { LoupeError } from '../base/errors.ts';
import { numberOrFraction } from './fraction.ts';

/** `momentum=0.9,nesterov=true,at=[0.5,0.8]` as an object; numbers may be fractions such as 8/255. */
export function valuesFrom(text: string, what: string): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const pair of splitOutsideBrackets(text).filter((part) => part !== '')) {
    const [name = '', ...value] = pair.split('=');
    if (name === '' || value.length === 0) {
      throw new LoupeError('badArgument', `Expected NAME=VALUE for ${what} but received "${pair}".`);
    }
    values[name] = valueOf(value.join('='));
  }
  return values;
}

/** The parts between the commas that are in no brackets. */
function splitOutsideBrackets(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const character of text) {
    if (character === ',' && depth === 0) {
      parts.push('');
      continue;
    }
    if ('[{'.includes(character)) depth++;
    if (']}'.includes(character)) depth--;
    parts.push(`${parts.pop() ?? ''}${character}`);
  }
  return parts;
}

/** A number, a fraction, true, false, a list in brackets, or the text itself; whoever reads it checks it against a schema. */
export function valueOf(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  if (text.startsWith('[') || text.startsWith('{')) return parsed(text);
  return numberOrFraction(text) ?? text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new LoupeError('badArgument', `Expected JSON in brackets but received "${text}".`);
  }
}

/** `ID` or `ID:NAME=VALUE,…`. */
export function choiceFrom(text: string): { id: string; params: Record<string, unknown> } {
  const [id = '', ...rest] = text.split(':');
  return { id, params: valuesFrom(rest.join(':'), id) };
}

/** `ID`, `ID:PATH`, `ID:PATH?NAME=VALUE,…` or, for sets that read nothing, `ID:NAME=VALUE,…`. */
export function dataFrom(text: string): { id: string; path?: string; params: Record<string, unknown> } {
  const [place = '', ...given] = text.split('?');
  const [id = '', ...rest] = place.split(':');
  const path = rest.join(':');
  const values = (of: string) => valuesFrom(of, `the data set ${id}`);
  if (given.length === 0 && /^\w+=/.test(path)) return { id, params: values(path) };
  return { id, ...(path === '' ? {} : { path }), params: values(given.join('?')) };
}
