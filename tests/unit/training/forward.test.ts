import { afterAll, describe, expect, it } from 'vitest';
import { float32, floatsOf, tensor } from '../../../core/base/tensor.ts';
import { decodeOnnx } from '../../../core/graph/onnx/decode.ts';
import { encodeOnnx } from '../../../core/graph/onnx/encode.ts';
import { buildNetwork } from '../../../core/model/network.ts';
import { outputTypes } from '../../../core/nn/buildNetwork.ts';
import { ones, zeros } from '../../../core/nn/initializers.ts';
import { relu } from '../../../core/nn/layers/activation.ts';
import { chain, named } from '../../../core/nn/layers/composition.ts';
import { conv } from '../../../core/nn/layers/convolution.ts';
import { dropout, flatten, linear } from '../../../core/nn/layers/linear.ts';
import { batchNorm } from '../../../core/nn/layers/normalization.ts';
import type { Layer } from '../../../core/nn/networkBuilder.ts';
import { outputOf } from '../../../core/runtime/program.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';
import { emitEvaluation } from '../../../core/training/evaluation.ts';
import { unpack } from '../../../core/training/layout.ts';
import { names } from '../../../core/training/names.ts';
import { emitGradientStep } from '../../../core/training/step.ts';
import { trainableOf, withValues } from '../../../core/training/trainable.ts';
import {
  builtOf,
  drawn,
  drawnBatch,
  greatestDifference,
  initialValues,
  runGraph,
  trainableFrom,
} from '../../training/networks.ts';
import { problemOf } from '../../training/problem.ts';

const runtime = new Runtime({ cacheBytes: 0 });
afterAll(() => runtime.dispose());

describe('a batch norm in training', () => {
  const [batch, channels, pixels] = [4, 2, 6];
  const trainable = trainableFrom(chain(named('norm', batchNorm({ momentum: 0.3 })), flatten), [2, 2, 3]);
  const outputs = channels * pixels;
  const problem = problemOf(trainable, outputs);
  const given = drawnBatch(trainable, outputs, batch);
  const theta = Float32Array.of(1.5, 0.5, -0.2, 0.4);
  const buffers = Float32Array.of(0.1, 0.2, 3, 4);
  const question = { trainable, batch: given, values: { theta, buffers } };

  /** Values of one channel over batch and pixels. */
  const channelOf = (values: Float32Array, channel: number): number[] =>
    Array.from(values).filter((_, at) => Math.floor(at / pixels) % channels === channel);
  const moments = (values: readonly number[]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return { mean, squares: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) };
  };

  it('standardizes by the batch and moves the running statistics, the variance with n − 1 below', async () => {
    const { graph } = emitGradientStep(problem, batch);
    const outputOfRun = await runGraph(runtime, graph, question);
    const after = outputOfRun(names.next(names.buffers));
    for (let channel = 0; channel < channels; channel++) {
      const values = channelOf(given.images, channel);
      const { mean, squares } = moments(values);
      const deviation = Math.sqrt(squares / values.length + 1e-5);
      const wanted = values.map(
        (value) => ((value - mean) / deviation) * (theta[channel] ?? 0) + (theta[channels + channel] ?? 0),
      );
      expect(greatestDifference(channelOf(outputOfRun(names.logits), channel), wanted)).toBeLessThan(1e-5);
      expect(after[channel]).toBeCloseTo(0.7 * (buffers[channel] ?? 0) + 0.3 * mean, 5);
      const variance = squares / (values.length - 1);
      expect(after[channels + channel]).toBeCloseTo(
        0.7 * (buffers[channels + channel] ?? 0) + 0.3 * variance,
        5,
      );
    }
  });

  it('uses the running statistics in evaluation, one example like any other', async () => {
    const logits = (await runGraph(runtime, emitEvaluation(problem, batch), question))(names.logits);
    const wanted = Array.from(given.images, (value, at) => {
      const channel = Math.floor(at / pixels) % channels;
      const deviation = Math.sqrt((buffers[channels + channel] ?? 0) + 1e-5);
      const standardized = (value - (buffers[channel] ?? 0)) / deviation;
      return standardized * (theta[channel] ?? 0) + (theta[channels + channel] ?? 0);
    });
    expect(greatestDifference(logits, wanted)).toBeLessThan(1e-5);
  });

  it('is refused where two share their running statistics', () => {
    const twice: Layer = (net, x) => {
      const [scale, shift] = [net.parameter('scale', [2], ones), net.parameter('shift', [2], zeros)];
      const [mean, variance] = [net.buffer('mean', float32([0, 0])), net.buffer('variance', float32([1, 1]))];
      const norm = (value: string): string =>
        net.add('BatchNormalization', [value, scale, shift, mean, variance]);
      return flatten(net, norm(norm(x)));
    };
    expect(() => emitGradientStep(problemOf(trainableFrom(twice, [2, 2, 3]), outputs), batch)).toThrow(
      'The running statistic "mean" belongs to two batch norms; such a network cannot be trained.',
    );
  });
});

describe('evaluation', () => {
  it('is the exported network behind its preprocessing', async () => {
    const layer = chain(
      named('conv', conv(5, 3, { padding: 1, bias: false })),
      named('norm', batchNorm()),
      relu,
      dropout(0.4),
      flatten,
      named('head', linear(3)),
    );
    const built = builtOf(layer, [3, 6, 5]);
    const input = {
      width: 5,
      height: 6,
      channels: 3 as const,
      colourOrder: 'RGB' as const,
      layout: 'NCHW' as const,
      resize: { mode: 'stretch' as const },
      range: [0, 1] as [number, number],
      mean: [0.4, 0.5, 0.6],
      std: [0.2, 0.3, 0.4],
    };
    const trainable = trainableOf({ ...built, card: input });
    const values = {
      theta: drawn(trainable.parameters.size, 2, 0.3),
      buffers: drawn(trainable.buffers.size, 3).map(Math.abs),
    };
    const batch = drawnBatch(trainable, 3, 4);
    const run = await runGraph(runtime, emitEvaluation(problemOf(trainable, 3), 4), {
      trainable,
      batch,
      values,
    });
    const saved = withValues(
      built.graph,
      new Map([...unpack(trainable.parameters, values.theta), ...unpack(trainable.buffers, values.buffers)]),
    );
    const network = buildNetwork(
      decodeOnnx(encodeOnnx(saved, { outputs: outputTypes(built) })),
      input,
      4,
      'logits',
    );
    const program = await runtime.compile({ ...network.graph, outputs: [network.logits] });
    const result = await program.run({ [network.image]: tensor('float32', batch.images, [4, 3, 6, 5]) });
    const exported = floatsOf(outputOf(result, network.logits));
    expect(greatestDifference(run(names.logits), exported)).toBeLessThan(1e-5);
    expect(Math.max(...exported)).toBeGreaterThan(0.1);
  });

  it('works for networks whose own values are called as those of a training', async () => {
    const awkward: Layer = (net, x) => {
      const flat = flatten(net, x);
      const weight = net.parameter('theta', [4, 2], (_, random) =>
        Float32Array.from({ length: 8 }, () => random.normal()),
      );
      const shift = net.parameter('loss', [2], () => Float32Array.of(1, 2));
      const product = net.add('MatMul', [flat, weight], {}, 'images');
      return net.add('Add', [product, shift], {}, 'gradient');
    };
    const trainable = trainableFrom(awkward, [1, 2, 2]);
    const values = initialValues(trainable);
    const batch = drawnBatch(trainable, 2, 1);
    const { graph } = emitGradientStep(problemOf(trainable, 2), 1);
    const logits = (await runGraph(runtime, graph, { trainable, batch, values }))(names.logits);
    const wanted = [0, 1].map((k) =>
      [0, 1, 2, 3].reduce(
        (sum, j) => sum + (batch.images[j] ?? 0) * (values.theta[2 * j + k] ?? 0),
        values.theta[8 + k] ?? 0,
      ),
    );
    expect(greatestDifference(logits, wanted)).toBeLessThan(1e-5);
  });
});
