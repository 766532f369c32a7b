import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { topics } from '../../../core/lessons/define.ts';
import { lessons } from '../../../core/lessons/registry.ts';

const text = readFileSync(join(import.meta.dirname, '../../../docs/lessons.md'), 'utf8');

/** The lessons that a section's table names. */
function namedUnder(topic: string): string[] {
  const start = text.toLowerCase().indexOf(`\n## ${topic}\n`);
  expect(start).toBeGreaterThan(0);
  const section = text.slice(start, text.indexOf('\n## ', start + 1) >>> 0);
  return [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, name = '']) => name);
}

describe('docs/lessons.md', () => {
  it.each(topics)('has a row for every lesson on %s, and no other', (topic) => {
    const known = [...lessons.values()].filter((lesson) => lesson.topic === topic).map(({ id }) => id);
    expect(namedUnder(topic).sort()).toEqual(known.sort());
  });
});
