import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { floatsOf } from '../../core/base/tensor.ts';
import { filesIn, loupe, readNpy, removeFolders, root, temporaryFolder } from './loupe.ts';

const text = readFileSync(join(root, 'docs/adding-a-method.md'), 'utf8');
const checkout = temporaryFolder();

afterAll(removeFolders);

/** The texts of the code blocks of one language. */
const blocks = (language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, block = '']) => block,
  );

/** What npx starts. */
const scripts: Readonly<Record<string, string>> = {
  loupe: 'bin/loupe.js',
  tsx: 'node_modules/tsx/dist/cli.mjs',
  vitest: 'node_modules/vitest/vitest.mjs',
};

/** A copy of the checkout without what the example does not need. */
beforeAll(() => {
  const needed = [
    'core',
    'bin',
    'scripts',
    'models',
    'docs',
    'tests/conformance',
    'tests/golden',
    'tests/reference',
  ];
  const files = ['package.json', 'tsconfig.json', 'vitest.config.ts', 'tests/rawCard.ts', 'tests/shared.ts'];
  for (const name of [...needed, ...files]) {
    mkdirSync(dirname(join(checkout, name)), { recursive: true });
    cpSync(join(root, name), join(checkout, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
});

describe('docs/adding-a-method.md, followed word for word', () => {
  it('adds one file and one line', () => {
    const [file = '', line = ''] = blocks('ts');
    for (const block of [file, line]) expect(block).toMatch(/^\/\/ core\/attribution\/\w+\.ts\n/);
    writeFileSync(join(checkout, 'core/attribution/hiResCam.ts'), file);
    const index = join(checkout, 'core/attribution/index.ts');
    expect(line.trim().split('\n')).toHaveLength(2);
    writeFileSync(index, readFileSync(index, 'utf8') + line);
  });

  it('makes a method that the command line lists, runs, compiles and repeats, and that passes the tests', async () => {
    const commands = blocks('sh').flatMap((block) => block.trim().split('\n'));
    expect(commands.map((command) => command.split(' ').slice(0, 3).join(' '))).toEqual([
      'npx loupe methods',
      'npx loupe explain',
      'npx loupe compile',
      'npx loupe run',
      'npx tsx scripts/listMethods.ts',
      'npx vitest run',
    ]);
    for (const command of commands) {
      const [, program = '', ...args] = command.split(' ');
      const script = scripts[program] ?? program;
      const ended = await loupe(args, {
        command: [process.execPath, join(checkout, script)],
        folder: checkout,
      });
      expect({ command, code: ended.code, err: ended.code === 0 ? '' : ended.err + ended.out }).toEqual({
        command,
        code: 0,
        err: '',
      });
      if (command.includes('methods')) expect(ended.out).toContain('Draelos and Carin 2020');
      if (command.includes('vitest'))
        expect(stripVTControlCharacters(ended.out)).toMatch(/Tests {2}\d+ passed/);
    }
    expect(filesIn(checkout)).toContain('hires.onnx');
    expect(readFileSync(join(checkout, 'docs/methods.md'), 'utf8')).toContain('### `hiResCam`: HiResCAM');
  }, 120_000);

  it('makes numbers: HiResCAM is Grad-CAM where one average pooling follows the layer', () => {
    const read = (id: string) => floatsOf(readNpy(join(checkout, `out-hires/ring-disc.${id}.npy`)));
    const [ours, gradCam] = [read('hiResCam'), read('gradCam')];
    const scale = Math.max(...gradCam);
    expect(scale).toBeGreaterThan(0);
    ours.forEach((value, at) => expect(Math.abs(value - (gradCam[at] ?? 0)) / scale).toBeLessThan(1e-5));
  });
});
