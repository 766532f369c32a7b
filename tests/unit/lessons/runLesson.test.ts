import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { main } from '../../../core/cli/main.ts';
import { requireChecks, runLesson } from '../../../core/engine/lesson.ts';
import { type Lesson, defineLesson } from '../../../core/lessons/define.ts';
import { lessonOf, lessons } from '../../../core/lessons/registry.ts';
import { atMost } from '../../../core/lessons/shared/checks.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';

const folder = mkdtempSync(join(tmpdir(), 'loupe-lessons-'));
const runtime = new Runtime();
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await runtime.dispose();
});

/** A lesson that is quick. */
function quick(value: number): Lesson {
  return defineLesson({
    id: 'quick',
    topic: 'optimization',
    title: 'A quick one',
    claim: 'Nothing is learned.',
    citation: 'nobody',
    async *run({ signal }) {
      yield { done: 0, total: 2, what: 'begins' };
      if (signal !== undefined) await new Promise((resolve) => setTimeout(resolve, 1));
      yield { done: 1, total: 2, what: 'goes on' };
      return {
        results: [
          {
            type: 'curve',
            name: 'line',
            title: 'A line',
            x: { label: 'x', values: [0, 1] },
            y: { label: 'y' },
            series: [{ label: 'a', y: [2, 3] }],
          },
          { type: 'table', name: 'rows', title: 'Rows', columns: [{ title: 'n' }], rows: [[1], [2]] },
        ],
        checks: [atMost('the value', value, 1)],
      };
    },
  });
}

describe('a lesson that is run', () => {
  it('leaves pictures, tables and its checks in the folder', async () => {
    const out = join(folder, 'whole');
    const { finding, files } = await runLesson({ lesson: quick(0.5), runtime, seed: 0, out });
    expect(finding.checks.map(({ holds }) => holds)).toEqual([true]);
    expect(files.map((file) => file.slice(out.length + 1))).toEqual([
      'quick.line.png',
      'quick.line.svg',
      'quick.line.csv',
      'quick.rows.csv',
      'quick.checks.csv',
    ]);
    expect(readFileSync(join(out, 'quick.line.csv'), 'utf8')).toBe('x,a\n0,2\n1,3\n');
    expect(readFileSync(join(out, 'quick.checks.csv'), 'utf8')).toBe(
      'claim,value,holds\nthe value: at most 1,0.5,yes\n',
    );
  });

  it('leaves nothing where it is cancelled', async () => {
    const out = join(folder, 'cancelled');
    const controller = new AbortController();
    const request = { lesson: quick(0.5), runtime, seed: 0, out, signal: controller.signal };
    const run = runLesson({ ...request, onProgress: () => controller.abort() });
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expect(existsSync(out)).toBe(false);
  });

  it('is refused by a sentence where a check does not hold', async () => {
    const { finding } = await runLesson({ lesson: quick(7), runtime, seed: 5, out: join(folder, 'failed') });
    expect(() => requireChecks('quick', 5, finding.checks)).toThrow(
      'Of the 1 checks of the lesson quick 1 did not hold with seed 5. Expected the value: at most 1, but it is 7.',
    );
    expect(() => requireChecks('quick', 5, [])).not.toThrow();
  });
});

async function loupe(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(String(text)) > 0),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => err.push(String(text)) > 0),
    vi.spyOn(console, 'error').mockImplementation((text) => void err.push(`${String(text)}\n`)),
  ];
  try {
    return { code: await main(args), out: out.join(''), err: err.join('') };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

describe('loupe lesson', () => {
  it('lists every lesson under its topic', async () => {
    const { code, out } = await loupe('lesson');
    expect(code).toBe(0);
    for (const { id, title } of lessons.values()) expect(out).toContain(`  ${id.padEnd(22)} ${title}.`);
  });

  it('runs one, prints its table and each check with its number, and writes its files', async () => {
    const out = join(folder, 'ridge');
    const { code, out: text } = await loupe('-q', 'lesson', 'ridge', '--out', out, '--seed', '1');
    expect(code).toBe(0);
    expect(text).toContain('w1    parameter      1      -5.8  −2r·x1 + 2λ·w1  -5.8');
    expect(text).toMatch(/^holds +\S+ {2}greatest difference between a derivative/m);
    expect(readdirSync(out)).toContain('ridge.shrinkage.png');
  });

  it('gives its checks as JSON', async () => {
    const { out } = await loupe('-q', 'lesson', 'leastSquares', '--out', join(folder, 'json'), '--json');
    const read = JSON.parse(out) as { id: string; checks: { holds: boolean }[] };
    expect(read.id).toBe('leastSquares');
    expect(read.checks.map(({ holds }) => holds)).toEqual([true, true]);
  });

  it('suggests a name for one that does not exist', async () => {
    expect(() => lessonOf('ridg')).toThrow('Did you mean "ridge"?');
    const { code, err } = await loupe('lesson', 'rigde');
    expect(code).toBe(1);
    expect(err).toContain('There is no lesson "rigde".');
  });
});
