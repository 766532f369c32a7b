import { afterAll, describe, expect, it } from 'vitest';
import { float32, floatsOf } from '../../../core/base/tensor.ts';
import { relu, sigmoid } from '../../../core/nn/layers/activation.ts';
import { chain, named } from '../../../core/nn/layers/composition.ts';
import { conv } from '../../../core/nn/layers/convolution.ts';
import { flatten, linear } from '../../../core/nn/layers/linear.ts';
import { outputOf } from '../../../core/runtime/program.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';
import { layerHealthOf, parameterHealthOf } from '../../../core/training/health.ts';
import { pack, unpack } from '../../../core/training/layout.ts';
import { names } from '../../../core/training/names.ts';
import { TrainingPrograms } from '../../../core/training/programs.ts';
import { emitGradientStep } from '../../../core/training/step.ts';
import { drawnBatch, initialValues, runGraph, trainableFrom } from '../../training/networks.ts';
import { problemOf } from '../../training/problem.ts';

const runtime = new Runtime();
afterAll(() => runtime.dispose());

const moment = { seed: 0, step: 0 };

describe('the health of layers', () => {
  it('is the variance of activations and the share of channels that never change', async () => {
    // 1×1 convolutions: each of four channels is a function of one pixel.
    const layer = chain(
      named('conv', conv(4, 1)),
      named('act', relu),
      flatten,
      named('squash', sigmoid),
      named('head', linear(2)),
    );
    const trainable = trainableFrom(layer, [1, 3, 2]);
    const parameters = unpack(trainable.parameters, initialValues(trainable).theta);
    const [weights, biases] = [
      [1, -2, 3, -0.5],
      [0.1, -0.1, -50, 0],
    ];
    parameters.set('conv.weight', float32(weights ?? [], [4, 1, 1, 1]));
    parameters.set('conv.bias', float32(biases ?? []));
    const values = { theta: pack(trainable.parameters, parameters), buffers: new Float32Array(1) };
    const batch = drawnBatch(trainable, 2, 5);
    const programs = new TrainingPrograms(runtime, problemOf(trainable, 2));
    const { result, layers } = await programs.health(batch, values, moment);
    const rectified = weights?.flatMap((weight, channel) =>
      Array.from(batch.images, (pixel) => Math.max(0, weight * pixel + (biases?.[channel] ?? 0))),
    );
    const squashed = rectified?.map((value) => 1 / (1 + Math.exp(-value)));
    const varianceOf = (all: readonly number[] = []): number => {
      const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
      return all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length;
    };
    const [act, squash, ...others] = layerHealthOf(result, layers);
    expect(others).toEqual([]);
    // Channels 1 and 2 and 3 are 0 for every pixel in [0, 1]: −2x − 0.1, 3x − 50, −x/2.
    expect(act).toMatchObject({ layer: 'act', deadShare: 0.75 });
    expect(act?.variance).toBeCloseTo(varianceOf(rectified), 6);
    // As units of a row, 18 of 24.
    expect(squash).toMatchObject({ layer: 'squash', deadShare: 0.75 });
    expect(squash?.variance).toBeCloseTo(varianceOf(squashed), 6);
  });

  it('holds the gradient that a step takes', async () => {
    const trainable = trainableFrom(chain(flatten, named('head', linear(2))), [1, 2, 2]);
    const problem = problemOf(trainable, 2, { penalties: { l1: 0.1, l2: 0.2, inputGradient: 0 } });
    const [batch, values] = [drawnBatch(trainable, 2, 3), initialValues(trainable)];
    const { result, layers } = await new TrainingPrograms(runtime, problem).health(batch, values, moment);
    const { graph } = emitGradientStep(problem, 3);
    const run = await runGraph(runtime, graph, { trainable, batch, values });
    expect(floatsOf(outputOf(result, names.gradient))).toEqual(run(names.gradient));
    expect(layerHealthOf(result, layers)).toEqual([]);
  });
});

describe('the health of parameters', () => {
  const layout = {
    entries: [
      { name: 'a', shape: [2], offset: 0, size: 2 },
      { name: 'b', shape: [], offset: 2, size: 1 },
      { name: 'zero', shape: [1], offset: 3, size: 1 },
    ],
    size: 4,
  };

  it('is the norm of each gradient and the length of a step over that of the parameter', () => {
    const found = parameterHealthOf(layout, {
      gradient: Float32Array.of(3, 4, -2, 0),
      before: Float32Array.of(6, 8, 2, 0),
      after: Float32Array.of(6, 7, 1.5, 5),
    });
    expect(found).toEqual([
      { parameter: 'a', gradientNorm: 5, updateRatio: 0.1 },
      { parameter: 'b', gradientNorm: 2, updateRatio: 0.25 },
      { parameter: 'zero', gradientNorm: 0, updateRatio: 0 },
    ]);
  });
});
