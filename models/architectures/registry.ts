import { LoupeError } from '../../core/base/errors.ts';
import { suggestion } from '../../core/base/nearest.ts';
import type { Architecture } from './define.ts';
import * as definitions from './index.ts';

const collator = new Intl.Collator('en', { numeric: true });

/** Every architecture by id, in the order of the ids. */
export const architectures: ReadonlyMap<string, Architecture> = new Map(
  Object.values(definitions)
    .map((definition) => [definition.id, definition] as const)
    .sort(([left], [right]) => collator.compare(left, right)),
);

/** The architecture of this id; a sentence with the nearest names if there is none. */
export function architectureOf(id: string): Architecture {
  const found = architectures.get(id);
  if (found !== undefined) return found;
  const near = suggestion(id, architectures.keys());
  throw new LoupeError(
    'notFound',
    `There is no architecture "${id}".${near === '' ? ` There are ${[...architectures.keys()].join(', ')}.` : near}`,
  );
}
