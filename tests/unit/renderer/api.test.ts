import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appRouter } from '../../../core/server/router.ts';
import { root } from '../../e2e/loupe.ts';

/** The page may not import the server, so its calls are compared with the router here: `query('models.list', …)`. */
const calls = [
  ...readFileSync(join(root, 'renderer/client.ts'), 'utf8').matchAll(
    /\b(query|mutation|subscription)\('([\w.]+)'/g,
  ),
].map(([, kind = '', path = '']) => ({ kind, path }));

/** tRPC keeps its procedures by their whole path, which its types do not say. */
const { _def: router } = appRouter;
const procedures = new Map(
  Object.entries(
    router.procedures as unknown as Record<string, { readonly _def: { readonly type: string } }>,
  ),
);

function kindOf(path: string): string | undefined {
  const { _def: procedure } = procedures.get(path) ?? {};
  return procedure?.type;
}

describe('the page’s calls', () => {
  it.each(calls)('$path is a $kind of the server', ({ kind, path }) => {
    expect(kindOf(path)).toBe(kind);
  });

  it('were found', () => {
    expect(calls.length).toBeGreaterThan(20);
  });
});
