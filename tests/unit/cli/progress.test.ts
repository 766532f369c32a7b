import { describe, expect, it } from 'vitest';
import { createProgress } from '../../../core/cli/progress.ts';
import { formatCount, formatPercent, formatTable } from '../../../core/cli/table.ts';

function recorder(isTTY: boolean) {
  const written: string[] = [];
  let time = 0;
  const stream = { isTTY, columns: 40, write: (text: string) => written.push(text) };
  const progress = createProgress(stream, () => time);
  return { written, progress, wait: (milliseconds: number) => (time += milliseconds) };
}

describe('progress', () => {
  it('stays silent for what takes less than a second', () => {
    const { written, progress, wait } = recorder(true);
    progress.report('a', 0);
    wait(999);
    progress.report('b', 0.9);
    progress.done();
    expect(written).toEqual([]);
  });

  it('draws a bar on a terminal, no wider than it, and removes it', () => {
    const { written, progress, wait } = recorder(true);
    progress.report('a', 0);
    wait(1000);
    progress.report('a very long name of what is being done', 0.5);
    wait(10);
    progress.report('too soon', 0.6);
    progress.done();
    expect(written).toHaveLength(2);
    expect(written[0]).toContain(`[${'#'.repeat(12)}${'·'.repeat(12)}]  50 % a v`);
    expect([...(written[0] ?? '').replace('\r\x1b[K', '')]).toHaveLength(39);
    expect(written[1]).toBe('\r\x1b[K');
  });

  it('writes plain lines now and then into a file', () => {
    const { written, progress, wait } = recorder(false);
    for (let step = 0; step < 120; step++) {
      progress.report('work', step / 120);
      wait(100);
    }
    progress.done();
    expect(written).toEqual(['work 8 %\n', 'work 50 %\n', 'work 92 %\n']);
  });
});

describe('tables', () => {
  it('align their columns', () => {
    expect(
      formatTable(
        [{ title: 'name' }, { title: 'n', right: true }],
        [
          ['a', '12'],
          ['long one', '3'],
        ],
      ),
    ).toEqual(['name       n', 'a         12', 'long one   3']);
  });

  it.each([
    [0, '0'],
    [999, '999'],
    [999_950, '1 M'],
    [1_235_496, '1.24 M'],
    [349_151_936, '349 M'],
  ])('write %d as %s', (count, text) => {
    expect(formatCount(count)).toBe(text);
  });

  it('keep two digits of a small share', () => {
    expect([formatPercent(0.6213), formatPercent(0.0000123), formatPercent(0)]).toEqual([
      '62.1 %',
      '0.0012 %',
      '0.0 %',
    ]);
  });
});
