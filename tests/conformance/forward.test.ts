import { afterAll, expect, it } from 'vitest';
import { jvp } from '../../core/autodiff/forward.ts';
import { normals, seededRandom } from '../../core/base/random.ts';
import { sizeOf } from '../../core/base/shape.ts';
import { type Tensor, float32, floatsOf } from '../../core/base/tensor.ts';
import type { GraphBuilder } from '../../core/graph/builder.ts';
import { int, ints } from '../../core/graph/ir.ts';
import { moved, rootMeanSquare, stencil } from '../../core/model/stencil.ts';
import { newBuilder } from '../../core/ops/registry.ts';
import { prune } from '../../core/passes/prune.ts';
import { outputOf } from '../../core/runtime/program.ts';
import { Runtime } from '../../core/runtime/runtime.ts';

const runtime = new Runtime({ device: 'cpu', threads: 1 });

afterAll(async () => {
  await runtime.dispose();
});

const random = seededRandom(11);
const drawn = (...dims: number[]): Tensor => float32(normals(random, sizeOf(dims), 0.5), dims);

interface Case {
  readonly title: string;
  readonly dims: readonly number[];
  readonly emit: (b: GraphBuilder) => string;
}

const cases: readonly Case[] = [
  { title: 'tanh', dims: [2, 5], emit: (b) => b.add('Tanh', ['x']) },
  { title: 'a product with itself', dims: [7], emit: (b) => b.add('Mul', ['x', 'x']) },
  { title: 'softmax', dims: [3, 4], emit: (b) => b.add('Softmax', ['x'], { axis: int(1) }) },
  {
    title: 'a strided convolution',
    dims: [1, 2, 6, 6],
    emit: (b) =>
      b.add('Conv', ['x', b.constant(drawn(3, 2, 3, 3))], {
        kernel_shape: ints([3, 3]),
        strides: ints([2, 2]),
        pads: ints([1, 1, 1, 1]),
      }),
  },
  {
    title: 'a small network',
    dims: [2, 2, 6, 6],
    emit: (b) => {
      const convolution = b.add('Conv', ['x', b.constant(drawn(4, 2, 3, 3)), b.constant(drawn(4))], {
        kernel_shape: ints([3, 3]),
      });
      const pooled = b.add('AveragePool', [b.add('Softplus', [convolution])], {
        kernel_shape: ints([2, 2]),
        strides: ints([2, 2]),
      });
      return b.add('MatMul', [b.add('Reshape', [pooled, b.axes([2, 16])]), b.constant(drawn(16, 3))]);
    },
  },
];

it.each(cases)(
  'forward mode pushes a tangent through $title as finite differences do',
  async ({ dims, emit }) => {
    const b = newBuilder();
    b.input('x', { type: 'float32', shape: dims });
    b.input('tangent', { type: 'float32', shape: dims });
    const of = emit(b);
    const graph = b.build([of, jvp(b, { of, wrt: 'x', tangent: 'tangent' })]);
    const [x, tangent] = [drawn(...dims), drawn(...dims)];
    const pushed = floatsOf(
      outputOf(await (await runtime.compile(graph)).run({ x, tangent }), graph.outputs[1] ?? ''),
    );
    const forward = await runtime.compile(prune(graph, [of]));
    const step = 1 / 64;
    const differences = new Float64Array(pushed.length);
    for (const { offset, weight } of stencil) {
      const at = float32(moved(floatsOf(x), floatsOf(tangent), offset * step), dims);
      const values = floatsOf(outputOf(await forward.run({ x: at }), of));
      values.forEach((value, index) => {
        differences[index] = (differences[index] ?? 0) + (weight * value) / step;
      });
    }
    const error = rootMeanSquare(
      Array.from(differences, (value, index) => value - (pushed[index] ?? Number.NaN)),
    );
    expect(error / rootMeanSquare([...differences])).toBeLessThan(1e-4);
  },
);
