import { afterAll, describe, expect, it } from 'vitest';
import { type Random, seededRandom } from '../../../core/base/random.ts';
import { type Shape, sizeOf } from '../../../core/base/shape.ts';
import { type Tensor, bool, float32, int64, numbersOf, tensor } from '../../../core/base/tensor.ts';
import { type Attributes, type Graph, int, ints, string } from '../../../core/graph/ir.ts';
import { newBuilder, operatorOf } from '../../../core/ops/registry.ts';
import { outputOf } from '../../../core/runtime/program.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';

const runtime = new Runtime({ device: 'cpu', threads: 1 });

afterAll(async () => {
  await runtime.dispose();
});

interface Question {
  readonly opType: string;
  readonly inputs: readonly (Tensor | '')[];
  readonly attributes?: Attributes;
  readonly outputs?: number;
}

/** A graph with one node for each question, all inputs constant. */
function graphOf(questions: readonly Question[]): Graph {
  const b = newBuilder();
  const outputs = questions.flatMap(({ opType, inputs, attributes, outputs: count }) => {
    const names = inputs.map((value) => (value === '' ? '' : b.setConstant(b.fresh('x'), value)));
    return b.addAll(opType, names, attributes ?? {}, { outputs: count ?? 1 });
  });
  return b.build(outputs);
}

function evaluated(graph: Graph): Map<string, Tensor> {
  const found = new Map<string, Tensor>();
  for (const node of graph.nodes) {
    const types = node.outputs.flatMap((name) => graph.types.get(name) ?? []);
    const inputs = node.inputs.map((name) => graph.constants.get(name));
    operatorOf(node)
      .evaluate?.(inputs, node, types)
      .forEach((value, index) => found.set(node.outputs[index] ?? '', value));
  }
  return found;
}

/** Where the evaluation of a question differs from what ONNX Runtime computes. */
async function disagreements(questions: readonly Question[]): Promise<string[]> {
  const graph = graphOf(questions);
  const result = await (await runtime.compile(graph)).run({});
  const own = evaluated(graph);
  return graph.nodes.flatMap((node) => {
    const told = [
      ...node.inputs.map((name) => written(graph.constants.get(name))),
      JSON.stringify(node.attributes),
    ];
    return node.outputs.flatMap((name) => {
      const [actual, mine] = [written(outputOf(result, name)), written(own.get(name))];
      return actual === mine ? [] : [`${node.opType}(${told.join('; ')}) is ${actual}, not ${mine}`];
    });
  });
}

const written = (value: Tensor | undefined): string =>
  value === undefined ? 'absent' : `${value.type}[${value.dims.join()}] ${numbersOf(value).join()}`;

const between = (random: Random, low: number, high: number): number => low + random.integer(high - low + 1);

const drawn = (random: Random, count: number, low: number, high: number): number[] =>
  Array.from({ length: count }, () => between(random, low, high));

/** A float or int64 tensor whose elements all differ. */
function counting(random: Random, dims: Shape): Tensor {
  const values = Array.from({ length: sizeOf(dims) }, (_, at) => at + 1);
  return random.uniform() < 0.5 ? float32(values, dims) : int64(values, dims);
}

/** `count` questions, each drawn by `draw` from a random generator and a random shape of rank 1 to 4. */
function many(count: number, draw: (random: Random, dims: number[]) => Question): Question[] {
  const random = seededRandom(11);
  return Array.from({ length: count }, () => draw(random, drawn(random, between(random, 1, 4), 1, 4)));
}

describe('cutting and padding in JavaScript agrees with ONNX Runtime', () => {
  it('for Slice with random, far and negative starts, ends and steps', async () => {
    const extremes = [9223372036854775807n, -9223372036854775808n, 0n, 3n, -1n, 100n, -100n];
    expect(
      await disagreements(
        many(80, (random, dims) => {
          const axes = dims.map((_, axis) => (random.uniform() < 0.5 ? axis : axis - dims.length));
          const bounds = (): Tensor =>
            tensor(
              'int64',
              BigInt64Array.from(dims, () => extremes[random.integer(extremes.length)] ?? 0n),
              [dims.length],
            );
          const steps = dims.map(() => [1, 2, -1, -2, 3][random.integer(5)] ?? 1);
          return {
            opType: 'Slice',
            inputs: [counting(random, dims), bounds(), bounds(), int64(axes), int64(steps)],
          };
        }),
      ),
    ).toEqual([]);
  });

  it('for Pad in every mode', async () => {
    expect(
      await disagreements(
        ['constant', 'reflect', 'edge', 'wrap'].flatMap((mode) =>
          many(20, (random, dims) => {
            const least = mode === 'constant' ? -1 : 0;
            const side = (): number[] => dims.map((dim) => between(random, least, Math.min(dim - 1, 2)));
            const inner = [...side(), ...side()].map((pad, at) =>
              dims[at % dims.length] === 1 ? Math.max(0, pad) : pad,
            );
            const value = mode === 'constant' ? [float32([0.5], [])] : [];
            const x = float32(numbersOf(counting(random, dims)), dims);
            return { opType: 'Pad', inputs: [x, int64(inner), ...value], attributes: { mode: string(mode) } };
          }),
        ),
      ),
    ).toEqual([]);
  });
});

describe('picking and scattering in JavaScript agrees with ONNX Runtime', () => {
  it('for Gather, GatherElements and ScatterElements with negative and repeated indices', async () => {
    const indices = (random: Random, dims: Shape, length: number): Tensor =>
      int64(drawn(random, sizeOf(dims), -length, length - 1), dims);
    expect(
      await disagreements([
        ...many(30, (random, dims) => {
          const axis = random.integer(dims.length);
          const shape = drawn(random, random.integer(3), 1, 3);
          const inputs = [counting(random, dims), indices(random, shape, dims[axis] ?? 1)];
          return { opType: 'Gather', inputs, attributes: { axis: int(axis - dims.length) } };
        }),
        ...many(30, (random, dims) => {
          const axis = random.integer(dims.length);
          const inputs = [counting(random, dims), indices(random, dims.with(axis, 3), dims[axis] ?? 1)];
          return { opType: 'GatherElements', inputs, attributes: { axis: int(axis) } };
        }),
        ...many(30, (random, dims) => {
          const axis = random.integer(dims.length);
          const shape = dims.with(axis, 2);
          const updates = float32(drawn(random, sizeOf(shape), 100, 200), shape);
          const x = float32(numbersOf(counting(random, dims)), dims);
          const inputs = [x, indices(random, shape, dims[axis] ?? 1), updates];
          return {
            opType: 'ScatterElements',
            inputs,
            attributes: { axis: int(axis), reduction: string('add') },
          };
        }),
      ]),
    ).toEqual([]);
  });

  it('for GatherND and ScatterND with blocks and batches', async () => {
    const x = float32(
      Array.from({ length: 24 }, (_, at) => at),
      [2, 3, 4],
    );
    expect(
      await disagreements([
        { opType: 'GatherND', inputs: [x, int64([1, -1, 0, 2], [2, 2])] },
        { opType: 'GatherND', inputs: [x, int64([1, 0, -2], [3, 1])] },
        {
          opType: 'GatherND',
          inputs: [x, int64([2, 0, 1, -1], [2, 2, 1])],
          attributes: { batch_dims: int(1) },
        },
        {
          opType: 'GatherND',
          inputs: [x, int64([3, 0, 1, 2, 2, -4], [2, 3, 1])],
          attributes: { batch_dims: int(2) },
        },
        { opType: 'ScatterND', inputs: [x, int64([1, -1], [1, 2]), float32([7, 8, 9, 10], [1, 4])] },
        {
          opType: 'ScatterND',
          inputs: [x, int64([1, 0, 2, 1, 0, 2], [2, 3]), float32([7, 8])],
          attributes: { reduction: string('add') },
        },
      ]),
    ).toEqual([]);
  });
});

describe('arranging in JavaScript agrees with ONNX Runtime', () => {
  it('for Transpose, Expand, Tile, Concat and Split', async () => {
    expect(
      await disagreements([
        ...many(20, (random, dims) => {
          const perm = dims.map((_, axis) => axis).sort(() => random.uniform() - 0.5);
          return { opType: 'Transpose', inputs: [counting(random, dims)], attributes: { perm: ints(perm) } };
        }),
        ...many(20, (random, dims) => {
          const narrow = dims.map((dim) => (random.uniform() < 0.5 ? 1 : dim));
          return { opType: 'Expand', inputs: [counting(random, narrow), int64([2, 3, ...dims])] };
        }),
        ...many(20, (random, dims) => ({
          opType: 'Tile',
          inputs: [counting(random, dims), int64(drawn(random, dims.length, 0, 3))],
        })),
        ...many(20, (random, dims) => {
          const axis = random.integer(dims.length);
          const part = (length: number): Tensor =>
            int64(drawn(random, sizeOf(dims.with(axis, length)), 0, 99), dims.with(axis, length));
          return { opType: 'Concat', inputs: [part(2), part(0), part(3)], attributes: { axis: int(axis) } };
        }),
        ...many(20, (random, dims) => {
          const axis = random.integer(dims.length);
          const x = counting(random, dims.with(axis, 5));
          return {
            opType: 'Split',
            inputs: [x],
            attributes: { axis: int(axis), num_outputs: int(3) },
            outputs: 3,
          };
        }),
      ]),
    ).toEqual([]);
  });
});

describe('making tensors in JavaScript agrees with ONNX Runtime', () => {
  it('for Where, OneHot, EyeLike, Trilu, Range, NonZero and ConstantOfShape', async () => {
    const matrix = float32([1, 0, -2, 0, 3, 4], [2, 3]);
    const scalar = (value: number): Tensor => float32([value], []);
    expect(
      await disagreements([
        { opType: 'Where', inputs: [bool([true, false], [2, 1]), int64([1, 2, 3]), int64([4, 5], [2, 1])] },
        {
          opType: 'OneHot',
          inputs: [int64([0, -1, 5, 2], [2, 2]), int64([3]), float32([-1, 2])],
          attributes: { axis: int(1) },
        },
        { opType: 'OneHot', inputs: [float32([1, 0]), int64([2]), int64([0, 9])] },
        { opType: 'EyeLike', inputs: [matrix], attributes: { k: int(-1), dtype: int(7) } },
        { opType: 'Trilu', inputs: [matrix, int64([-1], [])] },
        { opType: 'Trilu', inputs: [matrix], attributes: { upper: int(0) } },
        { opType: 'Range', inputs: [scalar(1), scalar(-2.2), scalar(-0.5)] },
        { opType: 'Range', inputs: [int64([3], []), int64([3], []), int64([1], [])] },
        { opType: 'NonZero', inputs: [matrix] },
        {
          opType: 'ConstantOfShape',
          inputs: [int64([2, 0])],
          attributes: { value: { kind: 'tensor', value: bool([true]) } },
        },
      ]),
    ).toEqual([]);
  });

  it('for Cast between all element types', async () => {
    const x = float32([0, 1.9, -1.9, 100, -0.2]);
    const codes = [1, 2, 3, 6, 7, 9];
    expect(
      await disagreements([
        ...codes.map((code) => ({ opType: 'Cast', inputs: [x], attributes: { to: int(code) } })),
        ...codes.map((code) => ({
          opType: 'Cast',
          inputs: [int64([0, 7, 100])],
          attributes: { to: int(code) },
        })),
        { opType: 'CastLike', inputs: [x, bool([false])] },
      ]),
    ).toEqual([]);
  });
});
