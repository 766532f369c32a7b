import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeSafetensors } from '../../core/base/safetensors.ts';
import { floatsOf } from '../../core/base/tensor.ts';
import { writeNpz } from '../training/npz.ts';
import { stripes } from '../training/stripes.ts';
import { type Ended, filesIn, loupe, loupeOk, removeFolders, root, temporaryFolder } from './loupe.ts';

const folder = temporaryFolder();
const data = join(folder, 'stripes.npz');
const mounted = join(folder, 'disk');
// Everything random is on: order, augmentation, dropout and the start of the attack.
const training = `train --arch mlp:hidden=[24],dropout=0.2 --data npz:${data} --augment crop=1,mixup=0.3
  --adversarial epsilon=0.05,steps=1 --set averageDecay=0.9 --set healthEvery=7 --epochs 60 --batch-size 16
  --learning-rate 0.01`.split(/\s+/);

const shaOf = (out: string): string =>
  createHash('sha256')
    .update(readFileSync(join(out, 'model.onnx')))
    .digest('hex');
let wanted = '';

beforeAll(async () => {
  writeNpz(data, stripes(160, { size: 12, noise: 0.4 }));
  const undisturbed = join(folder, 'undisturbed');
  await loupeOk(...training, '--out', undisturbed);
  wanted = shaOf(undisturbed);
});
afterAll(() => {
  if (existsSync(mounted)) spawnSync('umount', [mounted]);
  removeFolders();
});

const pause = async (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

interface Interruption {
  readonly signal: NodeJS.Signals;
  /** What the log must hold. */
  readonly when: RegExp;
  /** Milliseconds after that. */
  readonly after: number;
}

/** Runs the training and interrupts it. */
async function interrupted(out: string, { signal, when, after }: Interruption): Promise<Ended> {
  const log = join(out, 'log.jsonl');
  return loupe([...training, '--out', out], {
    onStart: (kill) =>
      void (async () => {
        while (!existsSync(log) || !when.test(readFileSync(log, 'utf8'))) await pause(5);
        await pause(after);
        kill(signal);
      })(),
  });
}

describe('a training that is killed', () => {
  it('ends with the same model, whenever it is killed (kill -9)', async () => {
    const out = join(folder, 'killed');
    // Random on purpose: every run of the tests tries other moments.
    const delays = [300 * Math.random(), 300 * Math.random()];
    const [first = 0, second = 0] = delays;
    const signal = 'SIGKILL';
    const once = await interrupted(out, { signal, when: /"kind":"epoch"/, after: first });
    const twice = await interrupted(out, { signal, when: /"resumedAt":[1-9]/, after: second });
    // The first time at least it has not ended by itself.
    expect({ delays, code: once.code }).toEqual({ delays, code: null });
    const { err } = await loupeOk(...training, '--out', out);
    expect(err).toMatch(/^goes on after step \d+$/m);
    expect({ delays, second: twice.code, sha: shaOf(out) }).toEqual({
      delays,
      second: twice.code,
      sha: wanted,
    });
    // Temporary files of the killed runs may be left; nothing else is.
    expect(filesIn(out).filter((name) => !name.startsWith('.'))).toEqual(
      filesIn(join(folder, 'undisturbed')),
    );
  });

  it('keeps its state on Ctrl-C, ends with exit code 130, and goes on from there', async () => {
    const out = join(folder, 'stopped');
    const { code, err } = await interrupted(out, { signal: 'SIGINT', when: /"epoch":2,/, after: 0 });
    expect(code).toBe(130);
    expect(err).toMatch(new RegExp(`^the same command goes on from ${out}$`, 'm'));
    const { metadata } = decodeSafetensors(readFileSync(join(out, 'last.safetensors')), 'last.safetensors');
    const { step } = JSON.parse(metadata['loupe.training'] ?? '') as { step: number };
    expect(step).toBeGreaterThanOrEqual(18);
    const again = await loupeOk(...training, '--out', out);
    expect(again.err).toMatch(new RegExp(`^goes on after step ${step}$`, 'm'));
    expect(shaOf(out)).toBe(wanted);
  });
});

/** Makes a disk of so many KiB, where this user may. */
function smallDisk(kibibytes: number): boolean {
  mkdirSync(mounted);
  const size = `size=${kibibytes}k`;
  return spawnSync('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', mounted]).status === 0;
}

describe('a full disk', () => {
  it('ends a training with a sentence; it goes on when there is room', async (context) => {
    if (!smallDisk(96)) context.skip('this user may not mount a small disk');
    const out = join(mounted, 'out');
    const { code, err } = await loupe([...training, '--out', out]);
    expect(code).toBe(1);
    expect(err).toMatch(/^loupe: The .* could not be written: the disk is full\.$/m);
    const { tensors } = decodeSafetensors(readFileSync(join(out, 'last.safetensors')), 'last.safetensors');
    for (const value of tensors.values()) expect(floatsOf(value).every(Number.isFinite)).toBe(true);
    execFileSync('mount', ['-o', 'remount,size=8m', mounted]);
    await loupeOk(...training, '--out', out);
    expect(shaOf(out)).toBe(wanted);
  });
});

describe('the memory of a training', () => {
  it('does not grow with its steps', () => {
    const script = join(root, 'tests/training/memoryOfSteps.ts');
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', 'tsx', script], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    const { before, after } = JSON.parse(stdout) as { before: number; after: number };
    expect(after / before).toBeLessThan(1.1);
  });
});
