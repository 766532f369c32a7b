import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const run = (...args: string[]) =>
  spawnSync(process.execPath, [join(root, 'bin/loupe.js'), ...args], { encoding: 'utf8', cwd: '/' });

describe('bin/loupe.js', () => {
  it('builds what is missing or old and prints the help, from any folder', () => {
    const { status, stdout, stderr } = run('--help');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('Usage: loupe [options] [command]');
  });

  it('hands on the exit code', () => {
    expect(run('frobnicate')).toMatchObject({ status: 2, stdout: '' });
    expect(run('info', '/nowhere.onnx')).toMatchObject({ status: 1, stdout: '' });
  });
}, 30_000);
