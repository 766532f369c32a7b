import { backward } from '../autodiff/backward.ts';
import { jvp } from '../autodiff/forward.ts';
import { sizeOf } from '../base/shape.ts';
import { type Tensor, float32, floatsOf, tensor } from '../base/tensor.ts';
import { normals } from '../base/random.ts';
import { randomOf } from '../data/seeds.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Graph } from '../graph/ir.ts';
import { multiplyAdds } from '../model/cost.ts';
import { newBuilder } from '../ops/registry.ts';
import { simplify } from '../passes/pipeline.ts';
import type { CurveResult } from '../protocol/results.ts';
import { outputOf } from '../runtime/program.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { namedOutputs } from '../passes/namedOutputs.ts';
import { type LessonRun, defineLesson } from './define.ts';
import { atLeast, atMost } from './shared/checks.ts';
import { logarithms } from './shared/series.ts';

const sizes = [1, 2, 4, 8, 16, 32, 64] as const;
const hidden = 32;

/** Numbers in and out of the function. */
interface Dims {
  readonly inputs: number;
  readonly outputs: number;
}

/** The function and its two derivatives at the same point. */
interface Modes {
  readonly value: Graph;
  /** `direction` [1, outputs] ↦ directionᵀ·J, one row of the Jacobian for a unit vector. */
  readonly reverse: Graph;
  /** `direction` [1, inputs] ↦ J·direction, one column for a unit vector. */
  readonly forward: Graph;
}

interface Cost {
  /** Operations of the function alone. */
  readonly value: number;
  /** Operations of all passes that give the whole Jacobian. */
  readonly reverse: number;
  readonly forward: number;
  /** Greatest difference between the Jacobians. */
  readonly difference: number;
}

export const reverseAndForward = defineLesson({
  id: 'reverseAndForward',
  topic: 'backpropagation',
  title: 'Reverse against forward mode, by cost',
  claim:
    'The gradient of a scalar costs a few times the function whatever the number of inputs; forward mode needs a pass for each input, but only one where there is one input and many outputs.',
  citation: 'Baur and Strassen 1983; Griewank and Walther 2008, "Evaluating Derivatives", sec. 4.6',
  async *run(run) {
    const scalars: Cost[] = [];
    const vectors: Cost[] = [];
    for (const [index, size] of sizes.entries()) {
      yield { done: index, total: sizes.length, what: `${size} inputs, then ${size} outputs` };
      scalars.push(await costOf(run, { inputs: size, outputs: 1 }));
      vectors.push(await costOf(run, { inputs: 1, outputs: size }));
    }
    const all = [...scalars, ...vectors];
    const most = sizes.at(-1) ?? 1;
    const [lastScalar, lastVector] = [scalars, vectors].map((costs) => costs.at(-1));
    return {
      results: [
        costCurve('scalar', 'The gradient of a scalar function', 'inputs', scalars),
        costCurve('vector', 'The derivative of a curve: one input, many outputs', 'outputs', vectors),
      ],
      checks: [
        atMost(
          'greatest difference between the Jacobians of both modes',
          Math.max(...all.map(({ difference }) => difference)),
          1e-5,
        ),
        atMost(
          'operations of a gradient by reverse mode over those of the function, for the worst number of inputs',
          Math.max(...scalars.map(({ reverse, value }) => reverse / value)),
          5,
        ),
        atLeast(
          `operations of forward over reverse mode for ${most} inputs and one output`,
          (lastScalar?.forward ?? Number.NaN) / (lastScalar?.reverse ?? Number.NaN),
          most / 2,
        ),
        atLeast(
          `operations of reverse over forward mode for one input and ${most} outputs`,
          (lastVector?.reverse ?? Number.NaN) / (lastVector?.forward ?? Number.NaN),
          most / 2,
        ),
      ],
    };
  },
});

async function costOf({ runtime, seed }: LessonRun, dims: Dims): Promise<Cost> {
  const { value, reverse, forward } = modesOf(dims, seed);
  const point = Float32Array.from(normals(randomOf(seed, 2), dims.inputs));
  const rows = await passes(runtime, reverse, point, dims.outputs);
  const columns = await passes(runtime, forward, point, dims.inputs);
  const differences = rows.flatMap((row, output) =>
    Array.from(row, (slope, input) => Math.abs(slope - (columns[input]?.[output] ?? Number.NaN))),
  );
  return {
    value: operationsOf(value),
    reverse: dims.outputs * operationsOf(reverse),
    forward: dims.inputs * operationsOf(forward),
    difference: Math.max(...differences),
  };
}

/**
 * f(x) = tanh(tanh(xU)W)V. Forward mode is `jvp`: the vjp is linear in its cotangent, and its own vjp by that is J·v. What only the
 * first of the two reverse walks needed is pruned, so that the program is that of forward mode.
 */
function modesOf({ inputs, outputs }: Dims, seed: number): Modes {
  const random = randomOf(seed, 1);
  const matrix = (rows: number, columns: number) =>
    float32(normals(random, rows * columns, 1 / Math.sqrt(rows)), [rows, columns]);
  const [u, w, v] = [matrix(inputs, hidden), matrix(hidden, hidden), matrix(hidden, outputs)];
  const emit = (finish: (b: GraphBuilder, x: string, y: string) => string): Graph => {
    const b = newBuilder();
    const x = b.input('x', { type: 'float32', shape: [1, inputs] });
    const product = (value: string, weights: Tensor): string =>
      b.add('Gemm', [value, b.constant(weights, 'weights')]);
    const y = product(b.add('Tanh', [product(b.add('Tanh', [product(x, u)]), w)]), v);
    return namedOutputs(b, { result: finish(b, x, y) });
  };
  const direction = (b: GraphBuilder, size: number): string =>
    b.input('direction', { type: 'float32', shape: [1, size] });
  return {
    value: emit((_b, _x, y) => y),
    reverse: emit((b, x, y) => {
      const [slope = ''] = backward(b, { of: y, wrt: [x], cotangent: direction(b, outputs) });
      return slope;
    }),
    forward: emit((b, x, y) => jvp(b, { of: y, wrt: x, tangent: direction(b, inputs) })),
  };
}

/** The results for each of `count` unit directions. */
async function passes(
  runtime: Runtime,
  graph: Graph,
  x: Float32Array,
  count: number,
): Promise<Float32Array[]> {
  const program = await runtime.compile(graph);
  const results: Float32Array[] = [];
  for (let index = 0; index < count; index++) {
    const direction = new Float32Array(count);
    direction[index] = 1;
    const feeds = {
      x: tensor('float32', x, [1, x.length]),
      direction: tensor('float32', direction, [1, count]),
    };
    results.push(floatsOf(outputOf(await program.run(feeds), 'result')));
  }
  return results;
}

/** These only move numbers. */
const moves = new Set(['Identity', 'Reshape', 'Transpose']);

/** Multiply-adds of matrix products, and one operation an element of everything else that computes. */
function operationsOf(graph: Graph): number {
  const simple = simplify(graph);
  const costs = simple.nodes
    .filter(({ opType }) => !moves.has(opType))
    .map((node) => {
      const elements = sizeOf(simple.types.get(node.outputs[0] ?? '')?.shape ?? []);
      return Math.max(elements, multiplyAdds(node, simple));
    });
  return costs.reduce((sum, cost) => sum + cost, 0);
}

function costCurve(name: string, title: string, what: string, costs: readonly Cost[]): CurveResult {
  return {
    type: 'curve',
    name,
    title,
    x: { label: what, values: sizes.map((size) => Math.log2(size)), ticks: sizes.map(String) },
    y: { label: 'log₁₀ of the operations' },
    series: [
      { label: 'reverse mode', y: logarithms(costs.map(({ reverse }) => reverse)) },
      { label: 'forward mode', y: logarithms(costs.map(({ forward }) => forward)) },
      { label: 'the function alone', y: logarithms(costs.map(({ value }) => value)) },
    ],
    notes: ['Operations: multiply-adds of matrix products, and one for each element of everything else.'],
  };
}
