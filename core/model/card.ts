import { z } from 'zod';
import { LoupeError, messageOf } from '../base/errors.ts';
import { listed, nearest } from '../base/nearest.ts';
import { type CardFile, cardFileSchema, inputSchema } from '../protocol/card.ts';

export type { CardFile, Guess, InputCard, LabelRule, ModelCard } from '../protocol/card.ts';

/** Parses the text of a card file; `path` is what a sentence calls it. */
export function parseCard(text: string, path: string): CardFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new LoupeError('badCard', `The model card ${path} is not JSON: ${messageOf(error)}.`, {
      cause: error,
    });
  }
  const result = cardFileSchema.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new LoupeError(
    'badCard',
    `The model card ${path} ${issue === undefined ? 'is not valid.' : sentenceOf(issue)}`,
  );
}

/** One sentence about what is wrong, without its subject. */
function sentenceOf(issue: z.core.$ZodIssue): string {
  const place = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    const known = issue.path[0] === 'input' ? keysOf(issue.path[1]) : Object.keys(cardFileSchema.shape);
    const [near] = nearest(key, known, 1);
    const advice = near === undefined ? `Known are ${listed(known, 'and')}.` : `Did you mean "${near}"?`;
    return `has an unknown entry "${[...issue.path, key].join('.')}". ${advice}`;
  }
  const where = place === '' ? '' : ` at "${place}"`;
  return `is not valid${where}: ${lowerFirst(issue.message)}.`;
}

const keysOf = (inner: PropertyKey | undefined): string[] =>
  inner === 'resize' ? ['mode', 'size'] : Object.keys(inputSchema.shape);

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '');
