import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesIn, loupe, removeFolders, root, temporaryFolder } from './loupe.ts';

const readme = readFileSync(join(root, 'README.md'), 'utf8');
const folder = temporaryFolder();

/** The texts of the README's code blocks of one language. */
const blocks = (language: string): string[] =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, text = '']) => text,
  );

beforeAll(() => {
  for (const name of ['models', 'node_modules']) symlinkSync(join(root, name), join(folder, name));
});

afterAll(removeFolders);

describe('the README', () => {
  it('names scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    expect(blocks('sh').slice(0, 2)).toEqual(['npm ci && npm start\n', 'npm ci && npm test\n']);
    expect(scripts['start']).toBe('node bin/loupe.js demo');
    expect(scripts['test']).toBe('node scripts/test.js');
  });

  it('shows commands that work, in this order', async () => {
    const lines = blocks('sh').flatMap((text) =>
      text.split('\n').filter((line) => line.startsWith('npx loupe ')),
    );
    expect(lines.length).toBeGreaterThanOrEqual(6);
    for (const line of lines) {
      const { code, err } = await loupe(line.split(' ').slice(2), { folder });
      expect({ line, code, err: code === 0 ? '' : err }).toEqual({ line, code: 0, err: '' });
    }
    const files = filesIn(folder).filter((file) => file.startsWith('out'));
    for (const name of ['gradCam', 'guidedBackprop', 'gradient'])
      expect(files).toContain(join('out-again', `ring-disc.${name}.map.npy`));
    expect(files).toContain(join('out-disc', 'ring-disc.gradCam.png'));
  }, 120_000);

  it('shows a program for Node that finds the ring with the compiled model', async () => {
    const [program = ''] = blocks('js');
    writeFileSync(join(folder, 'program.mjs'), program);
    const { out, err } = await loupe([], { command: [process.execPath, 'program.mjs'], folder });
    expect(err).toBe('');
    expect(out).toBe('4 [ 1, 1, 96, 96 ]\n');
  });

  it('links to files that exist, as the documents do', () => {
    for (const file of [
      'README.md',
      'CONTRIBUTING.md',
      ...filesIn(join(root, 'docs')).map((name) => `docs/${name}`),
    ]) {
      if (!file.endsWith('.md')) continue;
      const text = readFileSync(join(root, file), 'utf8');
      const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link = '']) =>
        join(root, file, '..', link),
      );
      for (const link of links) expect(() => readFileSync(link), `${file}: ${link}`).not.toThrow();
    }
  });
});
