import { afterAll, describe, expect, it } from 'vitest';
import { sizeOf } from '../../../core/base/shape.ts';
import { type Tensor, float32, floatsOf, int64 } from '../../../core/base/tensor.ts';
import { type Attributes, float, int } from '../../../core/graph/ir.ts';
import { gradientGraph } from '../../../core/model/gradientGraph.ts';
import { newBuilder } from '../../../core/ops/registry.ts';
import { outputOf } from '../../../core/runtime/program.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';

const runtime = new Runtime({ device: 'cpu', threads: 1 });

afterAll(async () => {
  await runtime.dispose();
});

interface Question {
  readonly inputs: readonly (Tensor | '')[];
  readonly attributes?: Attributes;
  /** Inputs that are constants of the graph; all others are differentiated. */
  readonly constants?: readonly number[];
}

/** The gradient of the sum of an operator's output by each of its inputs. */
async function gradients(opType: string, question: Question): Promise<number[][]> {
  const { inputs, attributes = {}, constants = [] } = question;
  const b = newBuilder();
  const feeds: Record<string, Tensor> = {};
  const names = inputs.map((value, index) => {
    const name = `x${index}`;
    if (value === '') return '';
    if (constants.includes(index)) return b.setConstant(name, value);
    feeds[name] = value;
    return b.input(name, { type: value.type, shape: value.dims });
  });
  const y = b.add(opType, names, attributes, { name: 'y' });
  const graph = gradientGraph(b.build([y]), [y], Object.keys(feeds));
  const shape = b.shapeOf(y);
  const cotangent = float32(new Float32Array(sizeOf(shape)).fill(1), shape);
  const cotangents = Object.fromEntries([...graph.cotangents.values()].map((name) => [name, cotangent]));
  const result = await (await runtime.compile(graph.graph)).run({ ...feeds, ...cotangents });
  return [...graph.gradients.values()].map((name) => [...floatsOf(outputOf(result, name))]);
}

const scalar = (value: number): Tensor => float32([value], []);

describe('where a derivative is a choice', () => {
  it('Max and Min share a tie equally, as torch.maximum', async () => {
    const inputs = [float32([1, 2, 3]), float32([2, 2, 2])];
    expect(await gradients('Max', { inputs })).toEqual([
      [0, 0.5, 1],
      [1, 0.5, 0],
    ]);
    expect(await gradients('Min', { inputs })).toEqual([
      [1, 0.5, 0],
      [0, 0.5, 1],
    ]);
  });

  it('ReduceMax and ReduceMin share a tie equally, as torch.amax', async () => {
    const inputs = [float32([5, 5, 1, 1, 5, 1], [2, 3]), int64([1])];
    expect(await gradients('ReduceMax', { inputs, constants: [1] })).toEqual([[0.5, 0.5, 0, 0, 1, 0]]);
    expect(await gradients('ReduceMin', { inputs, constants: [1] })).toEqual([[0, 0, 1, 0.5, 0, 0.5]]);
  });

  it('Clip has no gradient at its bounds, as ReLU6', async () => {
    const x = float32([-1, 0, 1e-6, 3, 5.999999, 6, 7]);
    const wanted = [[0, 0, 1, 1, 1, 0, 0]];
    expect(await gradients('Clip', { inputs: [x, scalar(0), scalar(6)], constants: [1, 2] })).toEqual(wanted);
    const [computed] = await gradients('Clip', { inputs: [x, scalar(0), scalar(6)] });
    expect([computed]).toEqual(wanted);
  });

  it('Clip gives its bounds the gradients of what they hold back', async () => {
    const inputs = [float32([-3, -2, 0, 5]), scalar(-1), scalar(1)];
    expect(await gradients('Clip', { inputs })).toEqual([[0, 0, 1, 0], [2], [1]]);
  });

  it.each([Number.POSITIVE_INFINITY, 3.4028234663852886e38])(
    'Clip to at most %d is not bounded above',
    async (max) => {
      const inputs = [float32([-1, 0, 1e-20, 1e20]), scalar(0), scalar(max)];
      expect(await gradients('Clip', { inputs, constants: [1, 2] })).toEqual([[0, 0, 1, 1]]);
    },
  );

  it('LeakyRelu and PRelu take the slope at zero, as PyTorch', async () => {
    const [slope] = await gradients('LeakyRelu', {
      inputs: [float32([0])],
      attributes: { alpha: float(0.25) },
    });
    expect(slope).toEqual([0.25]);
    expect(await gradients('PRelu', { inputs: [float32([0, -2]), float32([0.5])] })).toEqual([
      [0.5, 0.5],
      [-2],
    ]);
  });
});

describe('where a formula would divide by zero', () => {
  it('ReduceProd is right with one zero and with two', async () => {
    const inputs = [float32([2, 0, 4, 0, 0, 5], [2, 3]), int64([1])];
    expect(await gradients('ReduceProd', { inputs, constants: [1] })).toEqual([[0, 8, 0, 0, 0, 0]]);
  });

  it('norms of zero have the gradient zero', async () => {
    const inputs = [float32([0, 0, 3, 4], [2, 2]), int64([1])];
    const [norm] = await gradients('ReduceL2', { inputs, constants: [1] });
    expect(norm?.map((value) => Number(value.toFixed(6)))).toEqual([0, 0, 0.6, 0.8]);
    const [first] = await gradients('LpNormalization', {
      inputs: inputs.slice(0, 1),
      attributes: { p: int(1) },
    });
    expect(first?.map((value) => Number(value.toFixed(6)))).toEqual([0, 0, 0, 0]);
  });

  it('Pow is right at x = 0 for the exponents 0, 1, 2 and 3', async () => {
    const inputs = [float32([0, 0, 0, 0]), float32([0, 1, 2, 3])];
    expect(await gradients('Pow', { inputs, constants: [1] })).toEqual([[0, 1, 0, 0]]);
    expect(await gradients('Pow', { inputs: [float32([0, 2]), float32([2, 3])] })).toEqual([
      [0, 12],
      [0, Math.fround(8 * Math.LN2)],
    ]);
  });

  it('Pow takes integer exponents', async () => {
    expect(await gradients('Pow', { inputs: [float32([2, 3]), int64([3, 2])], constants: [1] })).toEqual([
      [12, 6],
    ]);
  });
});

describe('batch normalization in training mode', () => {
  it('normalizes by the batch and moves the running statistics', async () => {
    const b = newBuilder();
    const x = b.input('x', { type: 'float32', shape: [2, 1, 2] });
    const parameters = [2, 1, 10, 20].map((value, index) => b.setConstant(`p${index}`, float32([value])));
    const attributes = { training_mode: int(1), momentum: float(0.75), epsilon: float(0) };
    const outputs = b.addAll('BatchNormalization', [x, ...parameters], attributes, { outputs: 3 });
    const program = await runtime.compile(b.build(outputs));
    // Mean 4, variance 5 over all four elements.
    const result = await program.run({ x: float32([1, 3, 5, 7], [2, 1, 2]) });
    const [y, mean, variance] = outputs.map((name) => [...floatsOf(outputOf(result, name))]);
    const root = Math.sqrt(5);
    [-3, -1, 1, 3].forEach((centred, at) => expect(y?.[at]).toBeCloseTo((2 * centred) / root + 1, 5));
    expect(mean).toEqual([0.75 * 10 + 0.25 * 4]);
    expect(variance).toEqual([0.75 * 20 + 0.25 * 5]);
  });
});
