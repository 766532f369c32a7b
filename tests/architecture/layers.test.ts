import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Sources, isGenerated, layerFaults, lengthOf, noticeableLength } from './layers.ts';

const root = path.resolve(import.meta.dirname, '../..');
const folders = ['core', 'electron', 'renderer', 'models', 'scripts', 'tests'];

function sourceFiles(folder: string): string[] {
  if (!existsSync(path.join(root, folder))) return [];
  return readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
}

const sources: Sources = new Map(
  folders.flatMap(sourceFiles).map((file) => [file, readFileSync(path.join(root, file), 'utf8')]),
);

describe('the layers', () => {
  it('are kept by every source file', () => {
    expect(sources.size).toBeGreaterThan(50);
    expect(layerFaults(sources)).toEqual([]);
  });

  it('consist of files short enough to be one idea', () => {
    const long = [...sources].filter(
      ([file, text]) => !isGenerated(file) && lengthOf(text) > noticeableLength,
    );
    if (long.length > 0)
      console.warn(`Longer than ${noticeableLength} lines: ${long.map(([file]) => file).join(', ')}`);
    expect(long.length).toBeLessThan(sources.size / 10);
  });
});

// In pieces, lest this file seem to import it.
const dynamicImport = ['const ops = await import', "('../ops/define.ts');"].join('');

/** The faults of a small tree, to which `extra` is added. */
function faultsWith(extra: Readonly<Record<string, string>>): string[] {
  const good = {
    'core/base/shape.ts': 'export const one = 1;',
    'core/graph/ir.ts': "import { one } from '../base/shape.ts';\nexport const two = one + 1;",
    'core/ops/define.ts': "export type { Graph } from '../graph/ir.ts';",
    'core/ops/add.ts': "import { define } from './define.ts';\nimport fs from 'node:fs';",
    'core/ops/relu.ts': "import {\n  define,\n  type Other,\n} from './define.ts';",
    'core/ops/index.ts': "export { add } from './add.ts';\nexport { relu } from './relu.ts';",
  };
  return layerFaults(new Map(Object.entries({ ...good, ...extra })));
}

describe('the check of the layers', () => {
  it('is content with a good tree', () => {
    expect(faultsWith({})).toEqual([]);
  });

  it.each([
    [
      'an import from a higher layer',
      { 'core/graph/a.ts': "import type { Op } from '../ops/define.ts';" },
      'not below',
    ],
    ['a dynamic one', { 'core/graph/a.ts': dynamicImport }, 'not below'],
    ['one that only passes on', { 'core/graph/a.ts': "export * from '../ops/define.ts';" }, 'not below'],
    ['one for its side effects', { 'core/graph/a.ts': "import '../ops/define.ts';" }, 'not below'],
    [
      'an import within one rank',
      { 'core/nn/a.ts': "import '../data/b.ts';", 'core/data/b.ts': '' },
      'not below',
    ],
    [
      'an import from tests',
      { 'core/base/a.ts': "import '../../tests/b.ts';", 'tests/b.ts': '' },
      'not below',
    ],
    ['a folder that nobody ranked', { 'core/new/a.ts': "import '../base/shape.ts';" }, 'without a rank'],
    [
      'a plugin that knows a sibling',
      { 'core/ops/relu.ts': "import { add } from './add.ts';" },
      'its sibling',
    ],
    ['a plugin that is not listed', { 'core/ops/exp.ts': '' }, 'is not in core/ops/index.ts'],
    ['a renderer that reaches for the graph', { 'renderer/a.ts': "import '../core/graph/ir.ts';" }, 'only'],
    [
      'a cycle inside a folder',
      { 'core/base/a.ts': "import './b.ts';", 'core/base/b.ts': "import './a.ts';" },
      'Import cycle: core/base/a.ts → core/base/b.ts → core/base/a.ts',
    ],
    ['an import of nothing', { 'core/base/a.ts': "import './none.ts';" }, 'does not exist'],
    ['a file that is too long', { 'core/base/a.ts': 'const a = 1;\n'.repeat(401) }, '401 lines'],
  ])('finds %s', (_title, extra: Record<string, string>, sentence) => {
    const faults = faultsWith(extra);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(sentence);
  });
});
