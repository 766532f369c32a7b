import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { operatorsDocument } from '../../../scripts/listOperators.ts';

it('keeps docs/operators.md in step with the registry (npx tsx scripts/listOperators.ts)', () => {
  const committed = readFileSync(join(import.meta.dirname, '../../../docs/operators.md'), 'utf8');
  expect(committed).toBe(operatorsDocument());
  expect(committed).toMatch(/^\| Conv \| rule \| +\|$/m);
});
