import { describe, expect, it, vi } from 'vitest';
import { main } from '../../../core/cli/main.ts';

/** Runs the command line and returns what it printed. */
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

describe('the command line', () => {
  it('lists its commands', async () => {
    const { code, out, err } = await loupe('--help');
    expect([code, err]).toEqual([0, '']);
    for (const name of ['info', 'predict', 'explain'])
      expect(out).toMatch(new RegExp(`^ {2}${name} .*\\S`, 'm'));
  });

  it('explains one command, with its options', async () => {
    const { code, out } = await loupe('predict', '--help');
    expect(code).toBe(0);
    expect(out).toContain('--top <n>');
    expect(out).toContain('<images...>');
  });

  it.each([
    [['frobnicate'], "unknown command 'frobnicate'"],
    [['inof'], 'Did you mean info?'],
    [['info'], "missing required argument 'model'"],
    [['info', 'x.onnx', '--jsn'], "unknown option '--jsn'"],
    [['predict', 'x.onnx', 'a.png', '--top', '0'], 'Expected a whole number from 1 up.'],
  ])('refuses %j as a usage error on one or two lines', async (args, sentence) => {
    const { code, out, err } = await loupe(...args);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(sentence);
    expect(err.startsWith('loupe: ')).toBe(true);
    expect(err.trim().split('\n').length).toBeLessThanOrEqual(2);
  });

  it('turns bad input into one line and exit code 1, without a stack', async () => {
    const { code, out, err } = await loupe('info', '/nowhere/model.onnx');
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^loupe: .*\/nowhere\/model\.onnx.*\n$/);
  });
});
