import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { catalogue } from '../../../core/engine/catalogue.ts';
import { methodsDocument } from '../../../scripts/listMethods.ts';

const root = join(import.meta.dirname, '../../..');

it('keeps docs/methods.md in step with the catalogue (npx tsx scripts/listMethods.ts)', () => {
  const committed = readFileSync(join(root, 'docs/methods.md'), 'utf8');
  expect(committed).toBe(methodsDocument());
  for (const id of catalogue.keys()) expect(committed).toContain(`### \`${id}\`: `);
});

it('names every method in the README', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  expect([...catalogue.keys()].filter((id) => !readme.includes(`\`${id}\``))).toEqual([]);
});
