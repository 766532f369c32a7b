import { afterAll, describe, expect, it } from 'vitest';
import { chain, named } from '../../../core/nn/layers/composition.ts';
import { flatten, linear } from '../../../core/nn/layers/linear.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';
import { valueExamples } from '../../../core/training/examples.ts';
import { initialState } from '../../../core/training/state.ts';
import { greatestDifference, initialValues, trainableFrom } from '../../training/networks.ts';
import { problemOf } from '../../training/problem.ts';
import {
  eventsOf,
  everythingOn,
  failed,
  leastSquares,
  linearRegression,
  setupOf,
  trained,
} from '../../training/setups.ts';

const runtime = new Runtime();
afterAll(() => runtime.dispose());

describe('L-BFGS', () => {
  it('reaches the least squares of a linear problem in one step with all examples', async () => {
    const setup = {
      ...linearRegression(runtime, 0.01, { optimizer: 'lbfgs', optimizerParams: {} }),
      epochs: 1,
    };
    const { told, state } = await trained(setup);
    const { theta, loss } = leastSquares(setup);
    expect(greatestDifference(state.theta, theta)).toBeLessThan(1e-5);
    const [step] = eventsOf(told, 'step');
    // The loss that it reached, and a step that nothing scales.
    expect(step?.loss).toBeCloseTo(loss, 8);
    expect(step?.learningRate).toBe(1);
    expect(step?.gradientNorm).toBeLessThan(1e-4);
  });

  it('reaches ridge regression where the penalty is part of what it lowers', async () => {
    // (x·θ)² mean plus λ/2 θ²: with x = ±1 and y = x, (θ − 1)² + b² + λ/2 (θ² + b²) is least at θ = 2/(2 + λ).
    const penalties = { l1: 0, l2: 0.5, inputGradient: 0 };
    const trainable = trainableFrom(chain(flatten, named('head', linear(1))), [1, 1, 1]);
    const problem = problemOf(trainable, 1, {
      loss: 'meanSquaredError',
      optimizer: 'lbfgs',
      optimizerParams: {},
      penalties,
    });
    const numbers = Float32Array.of(1, -1, 1, -1);
    const training = valueExamples(numbers, numbers, { width: 1, outputs: 1 });
    // It begins where the loss alone is least.
    const resume = { ...initialState(problem), theta: Float32Array.of(1, 0) };
    const { state } = await trained(setupOf(runtime, problem, { training, batchSize: 4, epochs: 2, resume }));
    expect(greatestDifference(state.theta, [2 / 2.5, 0])).toBeLessThan(1e-5);
  });

  it('trains networks with dropout and batch norm, whose running statistics follow', async () => {
    const usual = everythingOn(runtime, { adversarial: undefined });
    const { trainable } = usual.problem;
    const problem = problemOf(trainable, 2, { optimizer: 'lbfgs', optimizerParams: { iterations: 4 } });
    const { state } = await trained({ ...usual, problem, batchSize: usual.training.length });
    expect(greatestDifference(state.buffers, initialValues(trainable).buffers)).toBeGreaterThan(0.05);
    expect(state.epochs.map(({ training }) => training.loss < 0.7)).toEqual([true, true, true]);
    expect(state.epochs.at(-1)?.training.loss).toBeLessThan(0.5);
  });

  it.each(['clipNorm', 'averageDecay'])('refuses %s, which it could not respect', async (field) => {
    const setup = linearRegression(runtime, 0.1, {
      optimizer: 'lbfgs',
      optimizerParams: {},
      [field]: 0.5,
    });
    const { error } = await failed(setup);
    expect(error).toMatchObject({
      code: 'badArgument',
      message: `The optimizer lbfgs finds the length of its steps itself, so ${field} means nothing to it. Leave it out, or take another optimizer.`,
    });
  });

  it('refuses data that are not numbers', async () => {
    const { problem } = linearRegression(runtime, 0.1, { optimizer: 'lbfgs', optimizerParams: {} });
    const inputs = Float32Array.of(1, 2, Number.NaN);
    const training = valueExamples(inputs, new Float32Array(1), { width: 3, outputs: 1 });
    const { error } = await failed(setupOf(runtime, problem, { training, batchSize: 1 }));
    expect(error).toMatchObject({
      code: 'nonFinite',
      message:
        'The loss is no longer a number at step 1. The step was not taken; lower the penalties, or look at the data.',
    });
  });

  it('stops within a search when it is cancelled', async () => {
    const setup = linearRegression(runtime, 0.1, { optimizer: 'lbfgs', optimizerParams: {} });
    let looks = 0;
    // It is looked at before the step and before each evaluation.
    const signal = {
      get aborted() {
        return ++looks > 3;
      },
    } as AbortSignal;
    const { told, error } = await failed({ ...setup, signal });
    expect(error.code).toBe('cancelled');
    expect(told.map(({ event }) => event.kind)).toEqual(['started']);
    expect(looks).toBe(4);
  });
});
