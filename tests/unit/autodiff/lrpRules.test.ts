import { afterAll, describe, expect, it } from 'vitest';
import { emitExplanations } from '../../../core/attribution/emit.ts';
import { epsilonComposite, zPlusComposite } from '../../../core/attribution/shared/composites.ts';
import { backward } from '../../../core/autodiff/backward.ts';
import type { Composite } from '../../../core/autodiff/composite.ts';
import { normals, seededRandom } from '../../../core/base/random.ts';
import { type Tensor, float32, floatsOf, tensor } from '../../../core/base/tensor.ts';
import type { GraphBuilder } from '../../../core/graph/builder.ts';
import { type Graph, float, int, ints } from '../../../core/graph/ir.ts';
import { buildNetwork } from '../../../core/model/network.ts';
import { newBuilder } from '../../../core/ops/registry.ts';
import type { InputCard } from '../../../core/protocol/card.ts';
import { outputOf } from '../../../core/runtime/program.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';
import { rawCard } from '../../rawCard.ts';

const runtime = new Runtime({ threads: 1, cacheBytes: 0 });
afterAll(() => runtime.dispose());

const random = seededRandom(31);
const classTarget = { kind: 'class', class: 1, of: 'logit' } as const;

/** The relevance x ⊙ ct of an input of one row, when the sum of what `layer` makes of it is explained. */
async function relevance(
  values: readonly number[],
  composite: Composite,
  layer: (b: GraphBuilder, x: string) => string,
  shape: readonly number[] = [1, values.length],
): Promise<number[]> {
  const b = newBuilder();
  const x = b.input('x', { type: 'float32', shape });
  const score = b.add('ReduceSum', [layer(b, x)], { keepdims: int(0) });
  const [ct = ''] = backward(b, { of: score, wrt: [x], composite });
  const r = b.add('Mul', [x, ct]);
  const result = await (await runtime.compile(b.build([r]))).run({ x: float32(values, shape) });
  return [...floatsOf(outputOf(result, r))];
}

const exact = epsilonComposite(1e-12);

/** The greatest difference; NaN where the lengths differ. */
function distance(found: ArrayLike<number>, wanted: readonly number[]): number {
  if (found.length !== wanted.length) return Number.NaN;
  return Math.max(...wanted.map((value, at) => Math.abs(value - (found[at] ?? Number.NaN))));
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const row = [0.7, -1.2, 2.5];

describe('the gate of a product', () => {
  const whole = (gate: (x: number) => number) => row.map((x) => x * gate(x));
  const hard = (x: number): number => Math.min(6, Math.max(0, x + 3)) / 6;

  it.each<[string, (b: GraphBuilder, x: string) => string, (x: number) => number]>([
    ['Sigmoid', (b, x) => b.add('Mul', [x, b.add('Sigmoid', [x])]), sigmoid],
    ['Sigmoid on the left', (b, x) => b.add('Mul', [b.add('Sigmoid', [x]), x]), sigmoid],
    [
      'Sigmoid through movement and a constant factor',
      (b, x) => {
        const moved = b.add('Reshape', [b.add('Transpose', [b.add('Sigmoid', [x])]), b.axes([1, 3])]);
        return b.add('Mul', [x, b.add('Mul', [moved, b.scalar(2)])]);
      },
      (x) => 2 * sigmoid(x),
    ],
    [
      'Clip(x + 3, 0, 6)/6',
      (b, x) => {
        const cut = b.add('Clip', [b.add('Add', [x, b.scalar(3)]), b.scalar(0), b.scalar(6)]);
        return b.add('Mul', [x, b.add('Div', [cut, b.scalar(6)])]);
      },
      hard,
    ],
    [
      'Tanh(Softplus)',
      (b, x) => b.add('Mul', [x, b.add('Tanh', [b.add('Softplus', [x])])]),
      (x) => Math.tanh(Math.log1p(Math.exp(x))),
    ],
  ])('is %s: the signal has all the relevance', async (_title, layer, gate) => {
    expect(distance(await relevance(row, exact, layer), whole(gate))).toBeLessThan(1e-6);
  });

  it('is the Sigmoid, where the other side is cut to a range', async () => {
    const found = await relevance(row, exact, (b, x) => {
      const cut = b.add('Clip', [x, b.scalar(0), b.scalar(6)]);
      return b.add('Mul', [cut, b.add('Sigmoid', [x])]);
    });
    expect(
      distance(
        found,
        row.map((x) => Math.max(0, x) * sigmoid(x)),
      ),
    ).toBeLessThan(1e-6);
  });
});

describe('relevance passes', () => {
  it.each<[string, Parameters<typeof relevance>[2], (x: number) => number]>([
    ['Tanh', (b, x) => b.add('Tanh', [x]), Math.tanh],
    ['Softplus', (b, x) => b.add('Softplus', [x]), (x) => Math.log1p(Math.exp(x))],
    ['LeakyRelu', (b, x) => b.add('LeakyRelu', [x], { alpha: float(0.1) }), (x) => (x > 0 ? x : 0.1 * x)],
    [
      'a Clip between −1 and 1',
      (b, x) => b.add('Clip', [x, b.scalar(-1), b.scalar(1)]),
      (x) => Math.max(-1, Math.min(1, x)),
    ],
    ['division by a constant', (b, x) => b.add('Div', [x, b.scalar(-4)]), (x) => x / -4],
  ])('%s unchanged', async (_title, layer, f) => {
    expect(distance(await relevance(row, exact, layer), row.map(f))).toBeLessThan(1e-6);
  });

  it('LRN as if it were the identity', async () => {
    const shape = [1, 3, 1];
    const attributes = { size: int(3), alpha: float(0.9), beta: float(0.6), bias: float(0.8) };
    const found = await relevance(row, exact, (b, x) => b.add('LRN', [x], attributes), shape);
    const squares = row.map((x) => x * x);
    const wanted = row.map((x, c) => {
      const near = squares.slice(Math.max(0, c - 1), c + 2).reduce((sum, square) => sum + square, 0);
      return x / (0.8 + (0.9 / 3) * near) ** 0.6;
    });
    expect(distance(found, wanted)).toBeLessThan(1e-6);
  });

  it('through saturated units of ReLU6 too, and through none at zero', async () => {
    const layer = (b: GraphBuilder, x: string) => b.add('Clip', [x, b.scalar(0), b.scalar(2)]);
    const wanted = row.map((x) => Math.min(2, Math.max(0, x)));
    expect(wanted).toContain(2);
    expect(distance(await relevance(row, exact, layer), wanted)).toBeLessThan(1e-6);
  });

  it('to the terms of a sum in proportion', async () => {
    const found = await relevance(row, epsilonComposite(0.5), (b, x) =>
      b.add('Add', [x, b.add('Mul', [x, b.scalar(-3)])]),
    );
    // z = −2x keeps |z|/(|z| + ε) of its relevance; the sum that is explained keeps |s|/(|s| + ε).
    const total = Math.abs(row.reduce((sum, x) => sum - 2 * x, 0));
    const kept = (z: number): number => Math.abs(z) / (Math.abs(z) + 0.5);
    expect(
      distance(
        found,
        row.map((x) => -2 * x * kept(2 * x) * kept(total)),
      ),
    ).toBeLessThan(1e-6);
  });
});

describe('LRP is refused', () => {
  const w = (b: GraphBuilder) => b.constant(float32([1, 2, 3, 4, 5, 6, 7, 8, 9], [3, 3]));
  const ones = (b: GraphBuilder) => b.constant(float32([1, 1, 1]));
  it.each<[string, Parameters<typeof relevance>[2], string]>([
    [
      'a Softmax',
      (b, x) => b.add('Softmax', [x], {}, { name: 'attention' }),
      'Softmax node "attention": probabilities',
    ],
    ['a LogSoftmax', (b, x) => b.add('LogSoftmax', [x]), 'explain the logit instead'],
    ['a LayerNormalization', (b, x) => b.add('LayerNormalization', [x, ones(b)]), 'statistics of the image'],
    [
      'a product of two signals',
      (b, x) => b.add('Mul', [x, b.add('MatMul', [x, w(b)])]),
      'would make it the gate',
    ],
    ['a square', (b, x) => b.add('Mul', [x, x]), 'would make it the gate'],
    [
      'a matrix product of two signals',
      (b, x) => b.add('MatMul', [x, b.add('Transpose', [x], { perm: ints([1, 0]) })]),
      'it multiplies two values that both depend on the image',
    ],
    ['a quotient of two signals', (b, x) => b.add('Div', [x, b.add('Exp', [x])]), 'it divides by a value'],
    ['Exp', (b, x) => b.add('Exp', [x]), 'there is no rule of relevance for Exp'],
    ['Round', (b, x) => b.add('Round', [x]), 'there is no rule of relevance for Round'],
  ])('on %s, by a sentence that says why and what works instead', async (_title, layer, reason) => {
    for (const composite of [exact, zPlusComposite(1e-6, 'zPlus')]) {
      const refused = relevance(row, composite, layer);
      await expect(refused).rejects.toThrow(expect.objectContaining({ code: 'unsupportedOperator' }));
      await expect(refused).rejects.toThrow(reason);
      await expect(refused).rejects.toThrow('inputXGradient');
    }
  });
});

/** A convolution with `w`, ReLU, the mean of each channel: [1, 2, 1, 1] from pixels [1, 3, 4, 4]. */
function smallNet(w: Tensor, layout: 'NCHW' | 'NHWC' = 'NCHW'): Graph {
  const b = newBuilder();
  const shape = layout === 'NCHW' ? [1, 3, 4, 4] : [1, 4, 4, 3];
  const input = b.input('pixels', { type: 'float32', shape });
  const x = layout === 'NCHW' ? input : b.add('Transpose', [input], { perm: ints([0, 3, 1, 2]) });
  const convolved = b.add('Conv', [x, b.setConstant('w', w)]);
  return b.build([b.add('Flatten', [b.add('GlobalAveragePool', [b.add('Relu', [convolved])])])]);
}

describe('the relevance of the image', () => {
  const channels = Array.from({ length: 3 }, () => normals(random, 4));
  const weightsIn = (order: readonly number[]): Tensor => {
    const one = (scale: number) =>
      order.flatMap((c) => Array.from(channels[c] ?? [], (value) => value * scale));
    return float32([...one(1), ...one(-1)], [2, 3, 2, 2]);
  };
  const statistics = { mean: [0.3, 0.5, 0.6], std: [0.2, 0.3, 0.4] };
  const image = tensor(
    'float32',
    Float32Array.from({ length: 48 }, () => random.uniform()),
    [1, 3, 4, 4],
  );

  async function explained(graph: Graph, card: InputCard, id: string): Promise<Float32Array> {
    const network = buildNetwork(graph, card, 1);
    const explanation = emitExplanations(network, [{ id, params: {} }], classTarget);
    const program = await runtime.compile(explanation.graph);
    return floatsOf(outputOf(await program.run({ image }), id));
  }

  it.each(['lrpEpsilon', 'lrpZPlus'])('has the order of its own colours: %s', async (id) => {
    const plain = await explained(smallNet(weightsIn([0, 1, 2])), { ...rawCard(4), ...statistics }, id);
    const turned = { mean: statistics.mean.toReversed(), std: statistics.std.toReversed() };
    const bgr: InputCard = { ...rawCard(4), ...turned, colourOrder: 'BGR' };
    const nhwc: InputCard = { ...rawCard(4), ...statistics, layout: 'NHWC' };
    expect(plain.some((value) => value !== 0)).toBe(true);
    expect(distance(await explained(smallNet(weightsIn([2, 1, 0])), bgr, id), [...plain])).toBeLessThan(1e-6);
    expect(
      distance(await explained(smallNet(weightsIn([0, 1, 2]), 'NHWC'), nhwc, id), [...plain]),
    ).toBeLessThan(1e-6);
  });

  it('is asked of weights in a file without reading them, and read from one pair of tensors', () => {
    let reads = 0;
    const weights = float32(normals(random, 600), [2, 3, 10, 10]);
    const inFile: Tensor = {
      type: 'float32',
      dims: weights.dims,
      get data() {
        reads += 1;
        return weights.data;
      },
    };
    const emit = (): [Tensor | undefined, Tensor | undefined] => {
      const b = newBuilder();
      const x = b.input('x', { type: 'float32', shape: [1, 3, 12, 12] });
      const of = b.add('ReduceSum', [b.add('Conv', [x, b.setConstant('w', inFile)])], { keepdims: int(0) });
      backward(b, { of, wrt: [x], composite: zPlusComposite(1e-6, 'epsilon') });
      return [b.constantOf('w/positive'), b.constantOf('w/negative')];
    };
    const [first, second] = [emit(), emit()];
    expect(reads).toBe(0);
    expect(first[0]).toBe(second[0]);
    expect(first[1]).toBe(second[1]);
    const [positive, negative] = first.map((part) => (part === undefined ? [] : floatsOf(part)));
    expect(reads).toBe(2);
    floatsOf(weights).forEach((value, at) => {
      expect(positive?.[at]).toBe(Math.max(value, 0));
      expect(negative?.[at]).toBe(Math.min(value, 0));
    });
  });
});
