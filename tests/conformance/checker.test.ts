import { afterAll, describe, expect, it } from 'vitest';
import type { Composite } from '../../core/autodiff/composite.ts';
import { normals, seededRandom } from '../../core/base/random.ts';
import { float32 } from '../../core/base/tensor.ts';
import { type Graph, ints } from '../../core/graph/ir.ts';
import { checkGradient } from '../../core/model/gradcheck.ts';
import { gradientGraph } from '../../core/model/gradientGraph.ts';
import type { Vjp } from '../../core/ops/define.ts';
import { newBuilder, operatorOf } from '../../core/ops/registry.ts';
import { Runtime } from '../../core/runtime/runtime.ts';
import { usualTolerance } from './agreement.ts';

const runtime = new Runtime({ device: 'cpu', threads: 1 });

afterAll(async () => {
  await runtime.dispose();
});

/** y = tanh(x) · w, with w a vector. */
function smallNet(): Graph {
  const b = newBuilder();
  b.input('x', { type: 'float32', shape: [3, 3] });
  b.input('w', { type: 'float32', shape: [3] });
  return b.build([b.add('Mul', [b.add('Tanh', ['x']), 'w'])]);
}

const feeds = {
  x: float32(normals(seededRandom(1), 9), [3, 3]),
  w: float32(normals(seededRandom(2), 3), [3]),
};

/** Replaces the rule of `opType` by one that spoils what its own rule says. */
function spoiled(
  opType: string,
  spoil: (vjp: Vjp, ...context: Parameters<Vjp>) => ReturnType<Vjp>,
): Composite {
  const vjp: Vjp = (context) => {
    const own = operatorOf(context.node).vjp;
    if (typeof own === 'string') throw new Error(`${opType} has no rule to spoil.`);
    return spoil(own, context);
  };
  const rule = { id: 'spoiled', title: 'Spoiled', citation: '', vjp };
  return [{ matches: (node) => node.domain === '' && node.opType === opType, rule }];
}

const scaled = (opType: string, factor: number): Composite =>
  spoiled(opType, (vjp, context) =>
    vjp(context).map((result) =>
      result === undefined ? undefined : context.b.add('Mul', [result, context.b.scalar(factor)]),
    ),
  );

async function errors(graph: Graph, composite?: Composite): Promise<Record<string, number>> {
  const question = {
    graph,
    outputs: graph.outputs,
    wrt: ['x', 'w'],
    feeds,
    seed: 3,
    tolerance: usualTolerance,
  };
  const found = await checkGradient(runtime, composite === undefined ? question : { ...question, composite });
  return Object.fromEntries(found.map(({ wrt, error }) => [wrt, error]));
}

describe('the gradient checker', () => {
  it('agrees with a right rule to a small part of the tolerance', async () => {
    const { x, w } = await errors(smallNet());
    expect(x).toBeLessThan(usualTolerance / 10);
    expect(w).toBeLessThan(usualTolerance / 10);
  });

  it.each([1.001, 0.999])('finds a rule that is wrong by a factor of %d', async (factor) => {
    const { x, w } = await errors(smallNet(), scaled('Tanh', factor));
    expect(x).toBeGreaterThan(usualTolerance);
    expect(x).toBeGreaterThan(5e-4);
    expect(x).toBeLessThan(3e-3);
    expect(w).toBeLessThan(usualTolerance);
  });

  it('finds a term that was left out', async () => {
    const { x, w } = await errors(
      smallNet(),
      spoiled('Mul', (vjp, context) => [vjp(context)[0], undefined]),
    );
    expect(x).toBeLessThan(usualTolerance);
    expect(w).toBeGreaterThan(0.5);
  });

  it('finds a result that is transposed', async () => {
    const transposed = spoiled('Tanh', (vjp, context) =>
      vjp(context).map((result) => context.b.add('Transpose', [result ?? ''], { perm: ints([1, 0]) })),
    );
    expect((await errors(smallNet(), transposed)).x).toBeGreaterThan(0.1);
  });

  it('finds a zero in place of a derivative', async () => {
    expect(
      (
        await errors(
          smallNet(),
          spoiled('Tanh', () => [undefined]),
        )
      ).x,
    ).toBeGreaterThan(0.5);
  });

  it('finds a wrong second order behind a right first order', async () => {
    const first = gradientGraph(smallNet(), smallNet().outputs, ['x']);
    const cotangent = [...first.cotangents.values()][0] ?? '';
    const question = {
      graph: first.graph,
      outputs: [...first.gradients.values()],
      wrt: ['x', 'w', cotangent],
      feeds: { ...feeds, [cotangent]: float32(normals(seededRandom(4), 9), [3, 3]) },
      seed: 5,
      tolerance: usualTolerance,
    };
    for (const { error } of await checkGradient(runtime, question))
      expect(error).toBeLessThan(usualTolerance);
    const wrong = await checkGradient(runtime, { ...question, composite: scaled('Tanh', 1.001) });
    expect(wrong.find(({ wrt }) => wrt === 'x')?.error).toBeGreaterThan(5e-4);
  });
});
