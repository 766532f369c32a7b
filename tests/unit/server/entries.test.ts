import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Entries } from '../../../core/server/workspace/entries.ts';
import { safeName } from '../../../core/server/workspace/names.ts';

const schema = z.object({ value: z.number() });
let home = '';
let warnings: string[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'loupe-entries-'));
  warnings = [];
});
afterEach(() => rmSync(home, { recursive: true }));

const entries = () =>
  new Entries({
    home,
    folder: 'runs',
    file: 'run.json',
    schema,
    warn: (sentence) => warnings.push(sentence),
  });

async function add(to: Entries<typeof schema>, id: string, value: number): Promise<void> {
  const staged = await to.stage();
  writeFileSync(join(staged, 'run.json'), JSON.stringify({ value }));
  await to.publish(staged, id);
}

describe('the entries of a workspace', () => {
  it('are there completely or not at all, and for everyone who works in it', async () => {
    const [mine, other] = [entries(), entries()];
    const staged = await mine.stage();
    writeFileSync(join(staged, 'run.json'), '{"val');
    expect((await other.list()).size).toBe(0);
    await mine.discard(staged);
    await add(mine, 'a', 1);
    expect(await other.get('a')).toEqual({ value: 1 });
    await other.remove('a');
    expect(await mine.get('a')).toBeUndefined();
    await expect(mine.remove('a')).rejects.toMatchObject({ code: 'notFound' });
    expect(readdirSync(join(home, 'runs'))).toEqual([]);
  });

  it('stay as they are when the same is published again, by whomever', async () => {
    const [mine, other] = [entries(), entries()];
    await Promise.all([add(mine, 'a', 1), add(other, 'a', 1), add(mine, 'a', 1)]);
    expect([...(await mine.list()).values()]).toEqual([{ value: 1 }]);
    const staged = await mine.stage();
    writeFileSync(join(staged, 'run.json'), '{"value": 2}');
    await mine.replace(staged, 'a');
    expect(await mine.get('a')).toEqual({ value: 2 });
    expect(readdirSync(join(home, 'runs'))).toEqual(['a']);
  });

  it('are set aside with a sentence when they are damaged', async () => {
    const mine = entries();
    await add(mine, 'good', 1);
    for (const [id, text] of [
      ['torn', '{"value": '],
      ['odd', '{"value": "one"}'],
    ] as const) {
      mkdirSync(join(home, 'runs', id));
      writeFileSync(join(home, 'runs', id, 'run.json'), text);
    }
    mkdirSync(join(home, 'runs', 'empty'));
    expect([...(await mine.list()).keys()]).toEqual(['good']);
    expect(warnings.sort().map((sentence) => sentence.slice(0, 24))).toEqual([
      'runs/empty/run.json is d',
      'runs/odd/run.json is dam',
      'runs/torn/run.json is da',
    ]);
    expect(readdirSync(join(home, 'damaged'))).toHaveLength(3);
    await mine.list();
    expect(warnings).toHaveLength(3);
  });

  it('leave nothing of a crash for longer than a day', async () => {
    const mine = entries();
    const [old, young] = [await mine.stage(), await mine.stage()];
    const before = Date.now() / 1000 - 2 * 86_400;
    utimesSync(old, before, before);
    await mine.tidy();
    expect(readdirSync(join(home, 'runs'))).toEqual([young.slice(join(home, 'runs/').length)]);
  });
});

describe('a name from outside', () => {
  it.each([
    ['dog.jpg', 'dog.jpg'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\pictures\\dog.jpg', 'dog.jpg'],
    ['..', 'picture'],
    ['', 'picture'],
    ['.hidden.png', 'hidden.png'],
    ['a\u0000b<c>.png', 'a_b_c_.png'],
    [`${'x'.repeat(300)}.jpeg`, `${'x'.repeat(100)}.jpeg`],
    ['Löwe 1.png', 'Löwe 1.png'],
  ])('%j becomes %j', (given, name) => {
    expect(safeName(given, 'picture')).toBe(name);
  });
});
