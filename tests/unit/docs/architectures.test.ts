import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { architectures } from '../../../models/architectures/registry.ts';
import { architecturesDocument } from '../../../scripts/listArchitectures.ts';

const root = join(import.meta.dirname, '../../..');

it('keeps docs/architectures.md in step with the registry (npx tsx scripts/listArchitectures.ts)', () => {
  const committed = readFileSync(join(root, 'docs/architectures.md'), 'utf8');
  expect(committed).toBe(architecturesDocument());
  for (const id of architectures.keys()) expect(committed).toContain(`| \`${id}\` | `);
});
