import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OutputFolder, writeFileAtomically } from '../../../core/engine/atomic.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loupe-atomic-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('writing one file', () => {
  it('makes missing folders, replaces what was there and leaves no temporary file', async () => {
    const path = join(folder, 'a/b.txt');
    await writeFileAtomically(path, 'old');
    await writeFileAtomically(path, Uint8Array.of(110, 101, 119));
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(readdirSync(join(folder, 'a'))).toEqual(['b.txt']);
  });

  it('leaves the old state and no temporary file when it fails', async () => {
    mkdirSync(join(folder, 'taken/inside'), { recursive: true });
    await expect(writeFileAtomically(join(folder, 'taken'), 'x')).rejects.toThrow(
      'a folder of that name is there',
    );
    writeFileSync(join(folder, 'file'), '');
    await expect(writeFileAtomically(join(folder, 'file/x'), 'x')).rejects.toThrow('could not be written');
    expect(readdirSync(folder).sort()).toEqual(['file', 'taken']);
  });
});

describe('the files of a run', () => {
  it('appear together at the end', async () => {
    const out = new OutputFolder(join(folder, 'out'));
    await out.add('a.txt', '1');
    await out.add('deep/b.txt', '2');
    await out.add('a.txt', '3');
    expect(existsSync(join(folder, 'out/a.txt'))).toBe(false);
    expect(await out.commit()).toEqual([join(folder, 'out/a.txt'), join(folder, 'out/deep/b.txt')]);
    expect(readFileSync(join(folder, 'out/a.txt'), 'utf8')).toBe('3');
    expect(readdirSync(join(folder, 'out')).sort()).toEqual(['a.txt', 'deep']);
  });

  it('disappear when the run is discarded', async () => {
    const out = new OutputFolder(join(folder, 'made/here'));
    await out.add('a.txt', '1');
    await out.add('deep/b.txt', '2');
    await out.discard();
    expect(await out.commit()).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('cannot lie outside their folder', async () => {
    await expect(new OutputFolder(join(folder, 'out')).add('../x', '')).rejects.toThrow('would lie outside');
  });

  it('are removed when the process ends in the middle', () => {
    const script = `
      import { readdirSync } from 'node:fs';
      import { OutputFolder } from ${JSON.stringify(join(import.meta.dirname, '../../../core/engine/atomic.ts'))};
      await new OutputFolder(${JSON.stringify(folder)}).add('a.txt', 'x');
      console.log(readdirSync(${JSON.stringify(folder)}).length);
      process.exit(130);`;
    writeFileSync(join(folder, 'script.mjs'), script);
    const bundler = join(import.meta.dirname, '../../../node_modules/rolldown/bin/cli.mjs');
    const bundled = join(folder, 'bundled.mjs');
    spawnSync(process.execPath, [bundler, join(folder, 'script.mjs'), '--platform', 'node', '-o', bundled]);
    const before = readdirSync(folder);
    const { stdout, status } = spawnSync(process.execPath, [bundled], { encoding: 'utf8' });
    expect([stdout.trim(), status]).toEqual([String(before.length + 1), 130]);
    expect(readdirSync(folder)).toEqual(before);
  });
});
