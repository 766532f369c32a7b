import { afterAll, describe, expect, it } from 'vitest';
import { tanh } from '../../../core/nn/layers/activation.ts';
import { chain, named } from '../../../core/nn/layers/composition.ts';
import { conv } from '../../../core/nn/layers/convolution.ts';
import { flatten, linear } from '../../../core/nn/layers/linear.ts';
import { batchNorm } from '../../../core/nn/layers/normalization.ts';
import type { Layer } from '../../../core/nn/networkBuilder.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';
import { emitEvaluation } from '../../../core/training/evaluation.ts';
import { names } from '../../../core/training/names.ts';
import type { Penalties } from '../../../core/training/problem.ts';
import { emitGradientStep } from '../../../core/training/step.ts';
import { drawn, drawnBatch, initialValues, runGraph, trainableFrom } from '../../training/networks.ts';
import { problemOf } from '../../training/problem.ts';

const runtime = new Runtime();
afterAll(() => runtime.dispose());

const size = 3;
const none: Penalties = { l1: 0, l2: 0, inputGradient: 0 };
const network = (...inside: Layer[]): Layer =>
  chain(named('conv', conv(3, 3)), ...inside, tanh, flatten, named('head', linear(2)));

function setting(layer: Layer) {
  const trainable = trainableFrom(layer, [2, 5, 4]);
  const batch = drawnBatch(trainable, 2, size);
  const { buffers } = initialValues(trainable);
  // Larger than at first, so that tanh is not nearly linear; nowhere near 0, where |θ| has its corner.
  const theta = drawn(trainable.parameters.size, 3, 0.5).map((value) => value + 0.2 * Math.sign(value));
  const at = async (penalties: Penalties, here: Float32Array) => {
    const { graph } = emitGradientStep(problemOf(trainable, 2, { penalties }), size);
    return runGraph(runtime, graph, { trainable, batch, values: { theta: here, buffers } });
  };
  return { trainable, batch, theta, buffers, at };
}

/** A direction of length 1. */
function directionOf(length: number, seed: number): Float32Array {
  const direction = drawn(length, seed);
  const norm = Math.sqrt(direction.reduce((sum, value) => sum + value * value, 0));
  return direction.map((value) => value / norm);
}

/** Slope of `f` at 0 by the central difference of fourth order; float32 noise is 1e-7 of its value over the step. */
async function slopeOf(f: (t: number) => Promise<number>, step = 0.05): Promise<number> {
  const [far, near] = [(await f(2 * step)) - (await f(-2 * step)), (await f(step)) - (await f(-step))];
  return (8 * near - far) / (12 * step);
}

const cases: readonly (readonly [string, Penalties, Layer])[] = [
  ['none', none, network()],
  ['L1', { ...none, l1: 0.3 }, network()],
  ['L2', { ...none, l2: 0.7 }, network()],
  ['input gradient', { ...none, inputGradient: 20 }, network()],
  ['input gradient through a batch norm', { ...none, inputGradient: 2 }, network(named('norm', batchNorm()))],
  ['all three', { l1: 0.1, l2: 0.2, inputGradient: 10 }, network()],
];

describe('the gradient of loss and penalties', () => {
  it.each(cases)('is the slope of their sum in any direction: %s', async (_, penalties, layer) => {
    const { theta, at } = setting(layer);
    const gradient = (await at(penalties, theta))(names.gradient);
    for (const seed of [1, 2, 3]) {
      const direction = directionOf(theta.length, seed);
      const slope = gradient.reduce((sum, value, index) => sum + value * (direction[index] ?? 0), 0);
      const measured = await slopeOf(async (t) => {
        const moved = theta.map((value, index) => value + t * (direction[index] ?? 0));
        return (await at(penalties, moved))(names.objective)[0] ?? Number.NaN;
      });
      expect(Math.abs(slope - measured)).toBeLessThan(1e-3 * Math.max(1, Math.abs(slope)));
    }
  });
});

describe('penalties', () => {
  it('are λ₁ Σ|θ| and λ₂/2 Σθ² of all parameters, beside a loss that stays what it was', async () => {
    const { theta, at } = setting(network());
    const plain = await at(none, theta);
    const both = await at({ ...none, l1: 0.3, l2: 0.7 }, theta);
    const wanted = theta.reduce((sum, value) => sum + 0.3 * Math.abs(value) + 0.35 * value * value, 0);
    expect((both(names.objective)[0] ?? 0) - (plain(names.objective)[0] ?? 0)).toBeCloseTo(wanted, 4);
    expect(both(names.loss)).toEqual(plain(names.loss));
    const added = both(names.gradient).map((value, at_) => value - (plain(names.gradient)[at_] ?? 0));
    added.forEach((value, index) => {
      const parameter = theta[index] ?? 0;
      expect(value).toBeCloseTo(0.3 * Math.sign(parameter) + 0.7 * parameter, 5);
    });
  });

  it('hold the mean squared norm of each example’s gradient by its pixels', async () => {
    const { trainable, batch, theta, buffers, at } = setting(network());
    const graph = emitEvaluation(problemOf(trainable, 2), size);
    const lossesAt = async (images: Float32Array) =>
      (
        await runGraph(runtime, graph, { trainable, batch: { ...batch, images }, values: { theta, buffers } })
      )(names.losses);
    const pixels = batch.images.length / size;
    let squares = 0;
    for (let pixel = 0; pixel < pixels; pixel++) {
      // The same pixel of every example at once: no example sees another.
      const moved = async (t: number) =>
        lossesAt(batch.images.map((value, index) => (index % pixels === pixel ? value + t : value)));
      const [above, below] = [await moved(0.02), await moved(-0.02)];
      for (let example = 0; example < size; example++) {
        squares += (((above[example] ?? 0) - (below[example] ?? 0)) / 0.04) ** 2;
      }
    }
    const plain = (await at(none, theta))(names.objective)[0] ?? 0;
    const penalised = (await at({ ...none, inputGradient: 5 }, theta))(names.objective)[0] ?? 0;
    expect(squares / size).toBeGreaterThan(0.1);
    expect((penalised - plain) / 5 / (squares / size)).toBeCloseTo(1, 2);
  });
});
