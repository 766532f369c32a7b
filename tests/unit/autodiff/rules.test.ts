import { afterAll, describe, expect, it } from 'vitest';
import { backward } from '../../../core/autodiff/backward.ts';
import { type Composite, onOperators } from '../../../core/autodiff/composite.ts';
import { blocked, straightThrough } from '../../../core/autodiff/rules/index.ts';
import { float32, floatsOf } from '../../../core/base/tensor.ts';
import type { GraphBuilder } from '../../../core/graph/builder.ts';
import { int } from '../../../core/graph/ir.ts';
import { newBuilder } from '../../../core/ops/registry.ts';
import { outputOf } from '../../../core/runtime/program.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';

const runtime = new Runtime({ threads: 1, cacheBytes: 0 });
afterAll(() => runtime.dispose());

const row = [0.7, -1.2, 2.6];

/** d Σ f(x)/dx under a composite. */
async function gradient(composite: Composite, f: (b: GraphBuilder, x: string) => string): Promise<number[]> {
  const b = newBuilder();
  const x = b.input('x', { type: 'float32', shape: [row.length] });
  const score = b.add('ReduceSum', [f(b, x)], { keepdims: int(0) });
  const [ct = ''] = backward(b, { of: score, wrt: [x], composite });
  const named = b.add('Identity', [ct]);
  const result = await (await runtime.compile(b.build([named]))).run({ x: float32(row) });
  return [...floatsOf(outputOf(result, named))];
}

describe('the straight-through rule', () => {
  const steps = ['Round', 'Floor', 'Ceil', 'Sign'];
  const composite: Composite = [{ matches: onOperators(...steps), rule: straightThrough }];

  it.each(steps)('differentiates %s as if it were the identity', async (opType) => {
    // f = 3·step(2x)·x: with step′ = 1, f′ = 6x + 3·step(2x); without a rule only the second term is left.
    const f = (b: GraphBuilder, x: string): string => {
      const step = b.add(opType, [b.add('Mul', [x, b.scalar(2)])]);
      return b.add('Mul', [b.add('Mul', [step, b.scalar(3)]), x]);
    };
    const through = await gradient(composite, f);
    const zero = await gradient([], f);
    row.forEach((x, at) => expect((through[at] ?? 0) - (zero[at] ?? 0)).toBeCloseTo(6 * x, 5));
  });

  it('serves any node that is named', async () => {
    const named: Composite = [{ matches: ({ name }) => name === 'smoothing', rule: straightThrough }];
    const found = await gradient(named, (b, x) => b.add('Tanh', [x], {}, { name: 'smoothing' }));
    expect(found).toEqual([1, 1, 1]);
  });

  it('refuses a node that changes the shape', async () => {
    const summed: Composite = [{ matches: onOperators('ReduceSum'), rule: straightThrough }];
    await expect(gradient(summed, (_, x) => x)).rejects.toThrow(
      "Expected an output of its input's shape 3 for the ReduceSum node",
    );
  });
});

describe('the blocked rule', () => {
  it('lets no cotangent pass, so the output counts as a constant', async () => {
    const held: Composite = [{ matches: onOperators('Sigmoid'), rule: blocked }];
    const swish = (b: GraphBuilder, x: string): string => b.add('Mul', [x, b.add('Sigmoid', [x])]);
    const found = await gradient(held, swish);
    row.forEach((x, at) => expect(found[at]).toBeCloseTo(1 / (1 + Math.exp(-x)), 6));
  });

  it('leaves zeros where it cuts every path', async () => {
    const held: Composite = [{ matches: onOperators('Sigmoid'), rule: blocked }];
    expect(await gradient(held, (b, x) => b.add('Sigmoid', [x]))).toEqual([0, 0, 0]);
  });
});
