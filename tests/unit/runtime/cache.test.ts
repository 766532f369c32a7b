import { describe, expect, it } from 'vitest';
import { LoupeError } from '../../../core/base/errors.ts';
import { float } from '../../../core/graph/ir.ts';
import { float32, floatsOf } from '../../../core/base/tensor.ts';
import { newBuilder } from '../../../core/ops/registry.ts';
import { ProgramCache, graphKey } from '../../../core/runtime/cache.ts';
import { type Program, outputOf } from '../../../core/runtime/program.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';

function scaling(factor: number) {
  const b = newBuilder();
  const x = b.input('x', { type: 'float32', shape: [2] });
  const factors = b.setConstant('factors', float32([factor, factor]));
  return b.build([b.add('Mul', [x, factors], {}, { name: 'y' })]);
}

class Counted implements Program {
  readonly target = 'cpu';
  readonly inputs = new Map();
  readonly outputs = [];
  readonly byteLength = 8;
  releases = 0;

  async run(): ReturnType<Program['run']> {
    return Promise.resolve({ outputs: new Map(), nonFinite: new Map() });
  }

  async release(): Promise<void> {
    this.releases++;
    return Promise.resolve();
  }
}

describe('the cache of programs', () => {
  it('compiles a program again that was evicted while somebody still held it', async () => {
    const runtime = new Runtime({ cacheBytes: 0 });
    const [twice, thrice] = [await runtime.compile(scaling(2)), await runtime.compile(scaling(3))];
    const feeds = { x: float32([1, -2]) };
    for (const [program, wanted] of [
      [twice, [2, -4]],
      [thrice, [3, -6]],
      [twice, [2, -4]],
    ] as const) {
      expect([...floatsOf(outputOf(await program.run(feeds), 'y'))]).toEqual(wanted);
    }
    await runtime.dispose();
  });

  it('does not release a program that is in use, but does so afterwards', async () => {
    const cache = new ProgramCache(0);
    const [held, other] = [new Counted(), new Counted()];
    const compile = (program: Program) => async () => Promise.resolve(program);
    await cache.use('held', compile(held), async () => {
      await cache.use('other', compile(other), () => undefined);
      expect(held.releases).toBe(0);
    });
    expect(other.releases).toBe(1);
    await cache.use('other', compile(other), () => undefined);
    expect(held.releases).toBe(1);
  });

  it('forgets a failed compilation', async () => {
    const cache = new ProgramCache(100);
    const failing = async (): Promise<Program> => Promise.reject(new LoupeError('device', 'No.'));
    await expect(cache.use('key', failing, () => 1)).rejects.toThrow('No.');
    expect(
      await cache.use(
        'key',
        async () => Promise.resolve(new Counted()),
        () => 1,
      ),
    ).toBe(1);
  });

  it('tells attributes apart that JSON would write alike', () => {
    const keys = [Infinity, -Infinity, NaN, 0, -0].map((alpha) => {
      const b = newBuilder();
      const x = b.input('x', { type: 'float32', shape: [2] });
      return graphKey(b.build([b.add('LeakyRelu', [x], { alpha: float(alpha) })]));
    });
    expect(new Set(keys).size).toBe(keys.length);
  });
});
