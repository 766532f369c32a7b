import { afterAll, describe, expect, it } from 'vitest';
import type { Composite } from '../../core/autodiff/composite.ts';
import { normals, seededRandom } from '../../core/base/random.ts';
import { sizeOf } from '../../core/base/shape.ts';
import { type Tensor, float32 } from '../../core/base/tensor.ts';
import { float, int, ints } from '../../core/graph/ir.ts';
import type { Network } from '../../core/model/network.ts';
import { type ValueCheck, checkNetworkGradient, wrongAbove } from '../../core/model/networkGradcheck.ts';
import { newBuilder, operatorOf } from '../../core/ops/registry.ts';
import { Runtime } from '../../core/runtime/runtime.ts';

const runtime = new Runtime({ device: 'cpu', threads: 1 });

afterAll(async () => {
  await runtime.dispose();
});

/** Two blocks of convolution, a piecewise linear unit and a max-pooling, with a side branch, then a matrix product. */
function smallNetwork(batch: number): Network {
  const b = newBuilder();
  const random = seededRandom(21);
  const weight = (...dims: number[]): string => {
    const scale = 1 / Math.sqrt(sizeOf(dims.slice(1)));
    return b.constant(float32(normals(random, sizeOf(dims), scale), dims));
  };
  const same = { pads: ints([1, 1, 1, 1]) };
  const window = { kernel_shape: ints([2, 2]), strides: ints([2, 2]) };
  b.input('image', { type: 'float32', shape: [batch, 3, 16, 16] });
  const first = b.add(
    'Relu',
    [b.add('Conv', ['image', weight(8, 3, 3, 3), weight(8)], same)],
    {},
    { name: 'relu1' },
  );
  const pooled = b.add('MaxPool', [first], window, { name: 'pool1' });
  const second = b.add('Conv', [pooled, weight(8, 8, 3, 3), weight(8)], same);
  const leaky = b.add('LeakyRelu', [second], { alpha: float(0.1) }, { name: 'leaky' });
  const clipped = b.add('Clip', [
    b.add('Conv', [pooled, weight(8, 8, 3, 3)], same),
    b.scalar(-0.5),
    b.scalar(0.5),
  ]);
  const swish = b.add('HardSwish', [b.add('Add', [leaky, clipped], {}, { name: 'sum' })]);
  const mean = b.add('ReduceMean', [swish, b.axes([2, 3])], { keepdims: int(0) });
  const logits = b.add('MatMul', [mean, weight(8, 5)]);
  return { graph: b.build([logits]), image: 'image', logits, classes: 5, activation: 'Softmax' };
}

const random = seededRandom(22);
const image: Tensor = float32(
  Float32Array.from({ length: 768 }, () => random.uniform()),
  [1, 3, 16, 16],
);
const values = ['image', 'relu1', 'pool1', 'leaky', 'sum'];

async function check(composite?: Composite): Promise<ValueCheck[]> {
  const question = { runtime, networkAt: smallNetwork, image, values, seed: 5 };
  const found: ValueCheck[] = [];
  const checks = checkNetworkGradient(composite === undefined ? question : { ...question, composite });
  for await (const one of checks) found.push(one);
  return found;
}

const scaled = (opType: string, factor: number): Composite => [
  {
    matches: (node) => node.opType === opType,
    rule: {
      id: 'scaled',
      title: 'Scaled',
      citation: '',
      vjp: (context) => {
        const own = operatorOf(context.node).vjp;
        if (typeof own === 'string') return [];
        return own(context).map((result) =>
          result === undefined ? undefined : context.b.add('Mul', [result, context.b.scalar(factor)]),
        );
      },
    },
  },
];

describe('the check of a whole network', () => {
  it('agrees at every layer once each unit is held on its piece', async () => {
    const found = await check();
    expect(found.map(({ value }) => value)).toEqual(values);
    for (const { held, crossing } of found) {
      expect(held).toBeLessThan(wrongAbove / 5);
      expect(crossing).toBeLessThan(0.1);
    }
    expect(found[0]?.flipped).toBeGreaterThan(0);
    expect(found[0]?.flipped).toBeLessThan(0.05);
  });

  // A rule behind the last layer spoils it too.
  it.each([
    ['Relu', false],
    ['LeakyRelu', false],
    ['Clip', false],
    ['MaxPool', false],
    ['Conv', false],
    ['HardSwish', true],
  ] as const)(
    'finds a rule of %s that is wrong by one per cent, only upstream of it',
    async (opType, everywhere) => {
      const found = await check(scaled(opType, 1.01));
      expect(found[0]?.held).toBeGreaterThan(wrongAbove);
      expect((found.at(-1)?.held ?? Number.NaN) > wrongAbove).toBe(everywhere);
    },
  );

  it('finds a rule on the only path that is wrong by a fifth of a per cent', async () => {
    expect((await check(scaled('MaxPool', 1.002)))[0]?.held).toBeGreaterThan(wrongAbove);
  });
});
