import { afterAll, describe, expect, it } from 'vitest';
import { float32 } from '../../../core/base/tensor.ts';
import { tanh } from '../../../core/nn/layers/activation.ts';
import { chain, named } from '../../../core/nn/layers/composition.ts';
import { flatten, linear } from '../../../core/nn/layers/linear.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';
import { names } from '../../../core/training/names.ts';
import { emitGradientStep, emitTrainingStep } from '../../../core/training/step.ts';
import {
  drawn,
  drawnBatch,
  greatestDifference,
  initialValues,
  runGraph,
  trainableFrom,
} from '../../training/networks.ts';
import { type ProblemChoices, problemOf } from '../../training/problem.ts';

const runtime = new Runtime();
afterAll(() => runtime.dispose());

const trainable = trainableFrom(
  chain(flatten, named('first', linear(5)), tanh, named('second', linear(3))),
  [1, 2, 3],
);
const batch = drawnBatch(trainable, 3, 4);
const question = { trainable, batch, values: initialValues(trainable) };
const { theta } = question.values;
const normOf = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));

async function gradientNow(): Promise<Float32Array> {
  const { graph } = emitGradientStep(problemOf(trainable, 3), 4);
  return (await runGraph(runtime, graph, question))(names.gradient);
}

async function stepWith(choices: ProblemChoices, rate: number, average?: Float32Array) {
  const { graph } = emitTrainingStep(problemOf(trainable, 3, choices), 4);
  return runGraph(runtime, graph, question, {
    [names.learningRate]: float32([rate], []),
    ...(average === undefined ? {} : { [names.average]: float32(average) }),
  });
}

/** How far a step of rate 1 without momentum moves θ: the gradient that it took. */
const taken = (after: Float32Array): Float32Array => theta.map((value, at) => value - (after[at] ?? 0));

describe('clipping', () => {
  it('shortens a longer gradient to the norm and keeps its direction', async () => {
    const gradient = await gradientNow();
    const norm = normOf(gradient);
    const limit = norm / 4;
    const run = await stepWith({ clipNorm: limit }, 1);
    const shortened = taken(run(names.next(names.theta)));
    expect(normOf(shortened)).toBeCloseTo(limit, 5);
    expect(
      greatestDifference(
        shortened,
        gradient.map((value) => value / 4),
      ),
    ).toBeLessThan(1e-6);
    // What is told is the norm before clipping.
    expect(run(names.gradientNorm)[0]).toBeCloseTo(norm, 5);
  });

  it('leaves a shorter gradient alone', async () => {
    const gradient = await gradientNow();
    const run = await stepWith({ clipNorm: 4 * normOf(gradient) }, 1);
    expect(greatestDifference(taken(run(names.next(names.theta))), gradient)).toBeLessThan(1e-6);
  });
});

describe('the moving average', () => {
  it('is d·average + (1 − d)·θ after the step', async () => {
    const average = drawn(theta.length, 8);
    const run = await stepWith({ averageDecay: 0.9 }, 0.5, average);
    const next = run(names.next(names.theta));
    const wanted = average.map((value, at) => 0.9 * value + 0.1 * (next[at] ?? 0));
    expect(greatestDifference(run(names.next(names.average)), wanted)).toBeLessThan(1e-6);
  });
});

describe('weight decay', () => {
  const decayed = async (decayVectors: boolean): Promise<Float32Array> => {
    const optimizerParams = { momentum: 0, weightDecay: 0.25 };
    const run = await stepWith({ optimizerParams, decayVectors }, 1);
    const gradient = await gradientNow();
    return taken(run(names.next(names.theta))).map((value, at) => value - (gradient[at] ?? 0));
  };

  it('pulls every parameter by λθ', async () => {
    const wanted = theta.map((value) => 0.25 * value);
    expect(greatestDifference(await decayed(true), wanted)).toBeLessThan(1e-6);
  });

  it('leaves vectors alone if told so', async () => {
    const { entries } = trainable.parameters;
    const isMatrix = (at: number): boolean =>
      entries.some(({ shape, offset, size }) => shape.length > 1 && at >= offset && at < offset + size);
    const wanted = theta.map((value, at) => (isMatrix(at) ? 0.25 * value : 0));
    expect(wanted.filter((value) => value === 0)).toHaveLength(5 + 3);
    expect(greatestDifference(await decayed(false), wanted)).toBeLessThan(1e-6);
  });
});
