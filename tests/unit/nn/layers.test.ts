import { afterAll, describe, expect, it } from 'vitest';
import { normals, seededRandom } from '../../../core/base/random.ts';
import { sizeOf } from '../../../core/base/shape.ts';
import { type Tensor, float32, floatsOf } from '../../../core/base/tensor.ts';
import type { Graph } from '../../../core/graph/ir.ts';
import { kaiming, normal } from '../../../core/nn/initializers.ts';
import { activationNames, activations } from '../../../core/nn/layers/activation.ts';
import { concat, named, numbered, residual } from '../../../core/nn/layers/composition.ts';
import { conv, depthwise } from '../../../core/nn/layers/convolution.ts';
import { dropout, linear } from '../../../core/nn/layers/linear.ts';
import { locallyConnected } from '../../../core/nn/layers/locallyConnected.ts';
import { batchNorm, channelsLast, groupNorm, layerNorm } from '../../../core/nn/layers/normalization.ts';
import { adaptiveAveragePool, averagePool, globalMaxPool } from '../../../core/nn/layers/pooling.ts';
import { squeezeExcitation } from '../../../core/nn/layers/squeezeExcitation.ts';
import { type Layer, NetworkBuilder } from '../../../core/nn/networkBuilder.ts';
import { specialise } from '../../../core/passes/specialise.ts';
import { outputOf } from '../../../core/runtime/program.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';
import { relativeError } from '../../golden/numbers.ts';

const runtime = new Runtime({ cacheBytes: 0 });
afterAll(() => runtime.dispose());

const random = seededRandom(8);
const batch = 2;

/** Random numbers in the shape of two examples. */
const examples = (...shape: number[]): Tensor =>
  float32(normals(random, batch * sizeOf(shape)), [batch, ...shape]);

interface Emitted {
  readonly graph: Graph;
  readonly parameters: readonly string[];
  readonly buffers: readonly string[];
  /** The values of a parameter. */
  readonly at: (name: string) => Float32Array;
}

/** The graph of one layer for an example of this shape, the batch open; weights are far from any default. */
function emit(layer: Layer, shape: readonly number[]): Emitted {
  const net = new NetworkBuilder({ seed: 3, initialization: { bias: normal(0.5) } });
  net.b.input('x', { type: 'float32', shape: [1, ...shape] }, ['N', ...shape]);
  const { parameters, buffers } = net;
  const graph = { ...net.b.build([layer(net, 'x')]), types: new Map() };
  const at = (name: string): Float32Array => {
    const value = graph.constants.get(name);
    return value === undefined ? new Float32Array() : floatsOf(value);
  };
  return { graph, parameters, buffers, at };
}

async function run({ graph }: Emitted, x: Tensor): Promise<Tensor> {
  const program = await runtime.compile(specialise(graph, { x: x.dims }));
  return outputOf(await program.run({ x }), graph.outputs[0] ?? '');
}

/** The elements of a result by its definition; `of` is given the index of each element. */
function byDefinition(shape: readonly number[], of: (...index: number[]) => number): Tensor {
  const values = Array.from({ length: sizeOf(shape) }, (_, flat) => {
    let rest = flat;
    const index = shape.toReversed().map((dim) => {
      const at = rest % dim;
      rest = Math.floor(rest / dim);
      return at;
    });
    return of(...index.reverse());
  });
  return float32(values, shape);
}

const reader =
  ({ data, dims }: Tensor) =>
  (...index: number[]): number =>
    index.every((at, axis) => at >= 0 && at < (dims[axis] ?? 0))
      ? Number(data[index.reduce((flat, at, axis) => flat * (dims[axis] ?? 0) + at, 0)])
      : 0;

const sum = (count: number, of: (index: number) => number): number =>
  Array.from({ length: count }, (_, index) => of(index)).reduce((total, value) => total + value, 0);

describe('locally connected layers', () => {
  it('have their own weights at each position', async () => {
    const layer = emit(locallyConnected(3, [3, 2], { stride: [2, 1], padding: [1, 0] }), [2, 5, 4]);
    expect(layer.parameters).toEqual(['weight', 'bias']);
    const x = examples(2, 5, 4);
    const [pixel, weight, bias] = [reader(x), layer.at('weight'), layer.at('bias')];
    const wanted = byDefinition([batch, 3, 3, 3], (n, out, row, column) => {
      const position = row * 3 + column;
      return (
        Number(bias[out * 9 + position]) +
        sum(12, (tap) => {
          const [channel, i, j] = [Math.floor(tap / 6), Math.floor(tap / 2) % 3, tap % 2];
          return (
            Number(weight[(position * 12 + tap) * 3 + out]) * pixel(n, channel, row * 2 - 1 + i, column + j)
          );
        })
      );
    });
    const found = await run(layer, x);
    expect(found.dims).toEqual(wanted.dims);
    expect(relativeError(found, wanted)).toBeLessThan(1e-6);
  });
});

describe('convolutions', () => {
  it('are grouped, dilated and strided as their options say', async () => {
    const layer = emit(
      conv(4, [2, 3], { groups: 2, dilation: 2, stride: [1, 2], padding: [0, 1] }),
      [6, 5, 7],
    );
    const x = examples(6, 5, 7);
    const [pixel, weight, bias] = [reader(x), layer.at('weight'), layer.at('bias')];
    const wanted = byDefinition(
      [batch, 4, 3, 3],
      (n, out, row, column) =>
        Number(bias[out]) +
        sum(18, (tap) => {
          const [channel, i, j] = [Math.floor(tap / 6), Math.floor(tap / 3) % 2, tap % 3];
          const group = Math.floor(out / 2);
          return (
            Number(weight[out * 18 + tap]) *
            pixel(n, group * 3 + channel, row + 2 * i, column * 2 - 1 + 2 * j)
          );
        }),
    );
    expect(relativeError(await run(layer, x), wanted)).toBeLessThan(1e-6);
  });

  it('take each channel by itself when they are depthwise', () => {
    const layer = emit(depthwise(3, { padding: 1, multiplier: 2, bias: false }), [3, 4, 4]);
    expect(layer.graph.constants.get('weight')?.dims).toEqual([6, 1, 3, 3]);
    expect(layer.graph.nodes[0]?.attributes['group']).toEqual({ kind: 'int', value: 3 });
  });
});

describe('adaptive average pooling', () => {
  it.each([
    ['windows that overlap', 5, 7, 3, 4],
    ['a picture smaller than the result', 1, 2, 3, 3],
    ['windows of equal size', 6, 4, 3, 2],
    ['one window', 5, 3, 1, 1],
  ])('is the mean of each of PyTorch’s windows: %s', async (_, height, width, h, w) => {
    const x = examples(2, height, width);
    const pixel = reader(x);
    const wanted = byDefinition([batch, 2, h, w], (n, channel, row, column) => {
      const [top, bottom] = [Math.floor((row * height) / h), Math.ceil(((row + 1) * height) / h)];
      const [left, right] = [Math.floor((column * width) / w), Math.ceil(((column + 1) * width) / w)];
      const total = sum(bottom - top, (i) => sum(right - left, (j) => pixel(n, channel, top + i, left + j)));
      return total / ((bottom - top) * (right - left));
    });
    const found = await run(emit(adaptiveAveragePool([h, w]), [2, height, width]), x);
    expect(found.dims).toEqual(wanted.dims);
    expect(relativeError(found, wanted)).toBeLessThan(1e-6);
  });
});

describe('average pooling', () => {
  it('counts the padding unless it is told not to, as PyTorch does', async () => {
    const x = float32(new Float32Array(batch * 4).fill(1), [batch, 1, 2, 2]);
    const mean = (countPadding: boolean) =>
      run(emit(averagePool(2, { padding: 1, countPadding }), [1, 2, 2]), x).then(({ data }) => data[0]);
    expect(await mean(true)).toBe(0.25);
    expect(await mean(false)).toBe(1);
  });
});

describe('normalizations', () => {
  /** x̂ of one group of values. */
  const standardized = (values: readonly number[], epsilon: number): number[] => {
    const mean = sum(values.length, (at) => Number(values[at])) / values.length;
    const variance = sum(values.length, (at) => (Number(values[at]) - mean) ** 2) / values.length;
    return values.map((value) => (value - mean) / Math.sqrt(variance + epsilon));
  };

  it('standardize groups of channels', async () => {
    const x = examples(4, 2, 3);
    const pixels = floatsOf(x);
    const wanted = Array.from({ length: batch * 2 }, (_, group) =>
      standardized([...pixels.subarray(group * 12, (group + 1) * 12)], 0.1),
    ).flat();
    expect(relativeError(await run(emit(groupNorm(2, 0.1), [4, 2, 3]), x), float32(wanted))).toBeLessThan(
      1e-5,
    );
  });

  it('standardize the last axes, or the channels of each pixel', async () => {
    const x = examples(3, 2, 2);
    const [pixel, pixels] = [reader(x), floatsOf(x)];
    const rows = [...pixels.subarray(0, 12), ...pixels.subarray(12)];
    const whole = [rows.slice(0, 12), rows.slice(12)].flatMap((values) => standardized(values, 1e-5));
    const layer = emit(layerNorm({ axis: 1 }), [3, 2, 2]);
    expect(layer.graph.constants.get('weight')?.dims).toEqual([3, 2, 2]);
    expect(relativeError(await run(layer, x), float32(whole))).toBeLessThan(1e-5);
    const wanted = byDefinition([batch, 3, 2, 2], (n, channel, row, column) =>
      Number(
        standardized(
          [0, 1, 2].map((c) => pixel(n, c, row, column)),
          1e-5,
        )[channel],
      ),
    );
    expect(relativeError(await run(emit(channelsLast(layerNorm()), [3, 2, 2]), x), wanted)).toBeLessThan(
      1e-5,
    );
  });

  it('keep running statistics as buffers, with ONNX’s momentum', () => {
    const { graph, parameters, buffers } = emit(named('bn1', batchNorm({ momentum: 0.25 })), [3, 2, 2]);
    expect(parameters).toEqual(['bn1.weight', 'bn1.bias']);
    expect(buffers).toEqual(['bn1.running_mean', 'bn1.running_var']);
    expect(graph.nodes[0]?.attributes['momentum']).toEqual({ kind: 'float', value: 0.75 });
  });
});

describe('linear layers', () => {
  it('work along the last axis of any tensor', async () => {
    const layer = emit(linear(5), [3, 4]);
    const x = examples(3, 4);
    const [pixel, weight, bias] = [reader(x), layer.at('weight'), layer.at('bias')];
    const wanted = byDefinition(
      [batch, 3, 5],
      (n, row, out) => Number(bias[out]) + sum(4, (at) => Number(weight[out * 4 + at]) * pixel(n, row, at)),
    );
    const found = await run(layer, x);
    expect(found.dims).toEqual(wanted.dims);
    expect(relativeError(found, wanted)).toBeLessThan(1e-6);
  });

  it('leave a Dropout with its ratio in the graph, and nothing where it is 0', () => {
    const { graph } = emit(dropout(0.3), [4]);
    expect(graph.nodes.map(({ opType }) => opType)).toEqual(['Dropout']);
    expect(graph.constants.get(graph.nodes[0]?.inputs[1] ?? '')?.data[0]).toBeCloseTo(0.3);
    expect(emit(numbered(linear(2), dropout(0)), [4]).graph.nodes.map(({ opType }) => opType)).toEqual([
      'Gemm',
    ]);
  });
});

describe('activations', () => {
  const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
  /** Φ by the trapezoidal rule, good to 1e-9. */
  const normalDistribution = (x: number): number => {
    const steps = 20_000;
    const [from, width] = [-10, (x + 10) / steps];
    const density = (at: number): number => Math.exp((-at * at) / 2) / Math.sqrt(2 * Math.PI);
    return (
      width * (sum(steps + 1, (step) => density(from + step * width)) - (density(from) + density(x)) / 2)
    );
  };
  const definitions = {
    relu: (x: number) => Math.max(0, x),
    relu6: (x: number) => Math.min(6, Math.max(0, x)),
    leakyRelu: (x: number) => (x > 0 ? x : 0.01 * x),
    sigmoid: logistic,
    tanh: Math.tanh,
    gelu: (x: number) => x * normalDistribution(x),
    silu: (x: number) => x * logistic(x),
    hardSwish: (x: number) => x * Math.min(1, Math.max(0, x / 6 + 0.5)),
    identity: (x: number) => x,
  };

  it.each(activationNames.filter((name) => name !== 'identity'))('compute %s', async (name) => {
    const points = [-7, -3.5, -2, -0.5, 0.25, 1, 4, 8];
    const found = await run(emit(activations[name], [4]), float32(points, [batch, 4]));
    expect(relativeError(found, float32(points.map(definitions[name])))).toBeLessThan(1e-6);
  });
});

describe('compositions', () => {
  it('name what is inside them and join branches', async () => {
    const layer = emit(
      numbered(
        named('branch', conv(3, 1)),
        residual(named('inner', conv(3, 3, { padding: 1 }))),
        concat(named('left', conv(2, 1)), named('right', conv(1, 1))),
        squeezeExcitation(2),
        globalMaxPool,
      ),
      [3, 4, 4],
    );
    expect(layer.parameters.filter((name) => name.endsWith('weight'))).toEqual([
      '0.branch.weight',
      '1.inner.weight',
      '2.left.weight',
      '2.right.weight',
      '3.fc1.weight',
      '3.fc2.weight',
    ]);
    expect(layer.graph.nodes.map(({ name }) => name)).toContain('1.add');
    expect((await run(layer, examples(3, 4, 4))).dims).toEqual([batch, 3, 1, 1]);
  });

  it('scale each channel by a squeeze-excitation', async () => {
    const layer = emit(squeezeExcitation(2), [3, 2, 2]);
    const x = examples(3, 2, 2);
    const pixel = reader(x);
    const [w1, b1, w2, b2] = ['fc1.weight', 'fc1.bias', 'fc2.weight', 'fc2.bias'].map(layer.at);
    const mean = (n: number, channel: number): number =>
      sum(4, (at) => pixel(n, channel, Math.floor(at / 2), at % 2)) / 4;
    const hidden = (n: number, unit: number): number =>
      Math.max(
        0,
        Number(b1?.[unit]) + sum(3, (channel) => Number(w1?.[unit * 3 + channel]) * mean(n, channel)),
      );
    const gate = (n: number, channel: number): number =>
      1 /
      (1 +
        Math.exp(
          -(Number(b2?.[channel]) + sum(2, (unit) => Number(w2?.[channel * 2 + unit]) * hidden(n, unit))),
        ));
    const wanted = byDefinition(
      [batch, 3, 2, 2],
      (n, channel, row, column) => gate(n, channel) * pixel(n, channel, row, column),
    );
    expect(relativeError(await run(layer, x), wanted)).toBeLessThan(1e-5);
  });
});

describe('the network builder', () => {
  const values = (layer: Layer, seed: number, name: string): Float32Array => {
    const net = new NetworkBuilder({ seed });
    net.b.input('x', { type: 'float32', shape: [1, 3, 4, 4] });
    layer(net, 'x');
    const value = net.b.constantOf(name);
    return value === undefined ? new Float32Array() : floatsOf(value);
  };

  it('draws a parameter from the seed and its name alone', () => {
    const [one, two] = [named('last', conv(2, 1)), numbered(conv(3, 3), conv(3, 1))];
    const behind: Layer = (net, x) => one(net, two(net, x));
    expect(values(behind, 1, 'last.weight')).toEqual(values(one, 1, 'last.weight'));
    expect(values(one, 2, 'last.weight')).not.toEqual(values(one, 1, 'last.weight'));
    expect(values(numbered(conv(3, 1), conv(3, 1)), 1, '0.weight')).not.toEqual(
      values(numbered(conv(3, 1), conv(3, 1)), 1, '1.weight'),
    );
  });

  it('takes the initializer of the whole network before a layer’s own and that of its surroundings', () => {
    const shape = [1, 3, 4, 4];
    const drawn = (chosen?: number): number => {
      const initialization = chosen === undefined ? {} : { convolution: normal(0, chosen) };
      const net = new NetworkBuilder({ seed: 1, initialization });
      net.b.input('x', { type: 'float32', shape });
      net.initializing({ convolution: kaiming() }, () => conv(1, 1, { weights: normal(0, 7) })(net, 'x'));
      return Number(net.b.constantOf('weight')?.data[0]);
    };
    expect(drawn()).toBe(7);
    expect(drawn(9)).toBe(9);
  });

  it('refuses two parameters of one name', () => {
    const net = new NetworkBuilder({ seed: 1 });
    net.b.input('x', { type: 'float32', shape: [1, 3, 4, 4] });
    conv(3, 1)(net, 'x');
    expect(() => conv(3, 1)(net, 'x')).toThrow('The network has two values called "weight".');
  });
});
