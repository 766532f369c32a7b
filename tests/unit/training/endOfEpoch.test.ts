import { afterAll, describe, expect, it } from 'vitest';
import { chain, named } from '../../../core/nn/layers/composition.ts';
import { flatten, linear } from '../../../core/nn/layers/linear.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';
import { chosen } from '../../../core/training/config.ts';
import { endOfEpoch, hasWaited, rankOf } from '../../../core/training/endOfEpoch.ts';
import { evaluate } from '../../../core/training/evaluate.ts';
import { type Examples, valueExamples } from '../../../core/training/examples.ts';
import { TrainingPrograms } from '../../../core/training/programs.ts';
import * as schedules from '../../../core/training/schedules/index.ts';
import type { TrainingSetup } from '../../../core/training/setup.ts';
import { type EpochRecord, type TrainingState, initialState } from '../../../core/training/state.ts';
import { trainableFrom } from '../../training/networks.ts';
import { problemOf } from '../../training/problem.ts';

const runtime = new Runtime();
afterAll(() => runtime.dispose());

const trainable = trainableFrom(chain(flatten, named('head', linear(2))), [1, 1, 1]);
const problem = problemOf(trainable, 2);
const programs = new TrainingPrograms(runtime, problem);
/** Logits (x − 1/2)·20·(−1, 1): class 1 above 1/2. */
const theta = Float32Array.of(-20, 20, 10, -10);

/** Numbers with their classes; the first half is of class 0, as in a folder of classes. */
function examples(numbers: readonly number[], labels: readonly number[]): Examples {
  return valueExamples(
    Float32Array.from(numbers),
    Float32Array.from(labels.flatMap((label) => (label === 0 ? [1, 0] : [0, 1]))),
    { width: 1, outputs: 2, labels: Int32Array.from(labels) },
  );
}

function setupWith(more: Partial<TrainingSetup>): TrainingSetup {
  const data = examples([0.1, 0.9], [0, 1]);
  return {
    runtime,
    problem,
    training: data,
    validation: data,
    schedule: chosen(schedules, { id: 'constant', params: {} }, 'schedule'),
    learningRate: 1,
    warmupEpochs: 0,
    epochs: 5,
    batchSize: 1,
    seed: 0,
    adversarial: undefined,
    patience: undefined,
    healthEvery: 0,
    resume: undefined,
    ...more,
  };
}

const record = (epoch: number, robustAccuracy: number): EpochRecord => ({
  epoch,
  training: { loss: 1, accuracy: 0.5 },
  validation: { loss: 1, accuracy: 1 },
  robustAccuracy,
});

const stateWith = (more: Partial<TrainingState>): TrainingState => ({
  ...initialState(problem),
  theta,
  step: 4,
  sums: { loss: 3, correct: 1, examples: 2 },
  ...more,
});

const end = async (setup: TrainingSetup, state: TrainingState) =>
  endOfEpoch(setup, programs, state, state.epochs.length, 1.5);

describe('the end of an epoch', () => {
  it('keeps the books of training and held-out examples', async () => {
    const validation = examples([0.1, 0.4, 0.6, 0.9], [0, 1, 1, 1]);
    const { state, findings, event } = await end(setupWith({ validation }), stateWith({}));
    expect(event).toMatchObject({
      kind: 'epoch',
      epoch: 1,
      training: { loss: 1.5, accuracy: 0.5 },
      validation: { accuracy: 0.75 },
      best: true,
      seconds: 1.5,
    });
    expect(state.epochs).toHaveLength(1);
    expect(state.sums).toEqual({ loss: 0, correct: 0, examples: 0 });
    expect(state.best).toEqual({ epoch: 1, value: 0.75 });
    expect(findings).toMatchObject([
      {
        kind: 'mistakes',
        confusion: [
          [1, 0],
          [1, 2],
        ],
        misclassified: [{ index: 1, label: 1, predicted: 0 }],
      },
    ]);
    // log(1 + e^{−2|m|}) with margins 4, −1, 1 and 4 of half the difference of the logits, twice each.
    const wanted = [16, -4, 4, 16].map((margin) => Math.log1p(Math.exp(-margin)));
    const loss = wanted.reduce((sum, value) => sum + value, 0) / 4;
    expect(state.epochs[0]?.validation?.loss).toBeCloseTo(loss, 5);
  });

  it('warns when less than half of the robust accuracy is left', async () => {
    const adversarial = { epsilon: 0.3, steps: 1, randomStart: true };
    // Two of five hold against ±0.3 around 1/2.
    const validation = examples([0.1, 0.9, 0.6, 0.7, 0.4], [0, 1, 1, 1, 0]);
    const setup = setupWith({ validation, adversarial });
    const collapsed = await end(setup, stateWith({ epochs: [record(1, 0.5), record(2, 0.9)] }));
    expect(collapsed.event).toMatchObject({ robustAccuracy: 0.4, best: true });
    expect(collapsed.findings).toContainEqual({
      kind: 'warning',
      step: 4,
      sentence: expect.stringMatching(
        /^The accuracy under PGD has fallen from 90\.0 % to 40\.0 % of the held-out examples: .*mask/,
      ) as string,
    });
    for (const before of [[record(1, 0.8)], []]) {
      const { findings } = await end(setup, stateWith({ epochs: before }));
      expect(findings.map(({ kind }) => kind)).toEqual(['mistakes']);
    }
  });

  it('refuses held-out examples whose loss is not a number', async () => {
    const validation = examples([Number.NaN, 0.1], [0, 0]);
    await expect(end(setupWith({ validation }), stateWith({}))).rejects.toMatchObject({
      code: 'nonFinite',
      message: expect.stringContaining('no longer a number after epoch 1') as string,
    });
  });
});

describe('the best epoch', () => {
  it('is told by robust accuracy, else by accuracy, else by the loss, of held-out examples if there are any', () => {
    const scored = { epoch: 1, training: { loss: 3, accuracy: 0.25 } };
    expect(rankOf(record(1, 0.125))).toBe(0.125);
    expect(rankOf({ ...scored, validation: { loss: 2, accuracy: 0.5 } })).toBe(0.5);
    expect(rankOf({ ...scored, validation: { loss: 2 } })).toBe(-2);
    expect(rankOf(scored)).toBe(0.25);
  });

  it('ends a training when it is so many epochs ago', () => {
    const epochs = [record(1, 0.5), record(2, 0.9), record(3, 0.8)];
    const state = stateWith({ epochs, best: { epoch: 1, value: 0.9 } });
    expect([undefined, 1, 2, 3].map((patience) => hasWaited(patience, state))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(hasWaited(1, stateWith({}))).toBe(false);
  });
});

describe('an evaluation', () => {
  it('fills up its last batch without counting twice', async () => {
    // 150 examples in batches of 100; the last 30 are wrong.
    const labels = Array.from({ length: 150 }, (_, index) => (index < 120 ? 1 : 0));
    const data = examples(new Array<number>(150).fill(0.9), labels);
    const values = { theta, buffers: new Float32Array(1) };
    const found = await evaluate({ programs, problem, examples: data, values });
    expect(found.accuracy).toBe(0.8);
    expect(found.logits).toHaveLength(300);
    const [right, wrong] = [Math.log1p(Math.exp(-16)), Math.log1p(Math.exp(16))];
    expect(found.loss).toBeCloseTo(0.8 * right + 0.2 * wrong, 5);
  });

  it('of a part takes examples from everywhere, because sets may be sorted by class', async () => {
    const labels = Array.from({ length: 1000 }, (_, index) => (index < 700 ? 0 : 1));
    const data = examples(new Array<number>(1000).fill(0.9), labels);
    const values = { theta, buffers: new Float32Array(1) };
    const found = await evaluate({ programs, problem, examples: data, values, most: 50 });
    expect(found.accuracy).toBeCloseTo(0.3, 6);
    expect(found.logits).toHaveLength(100);
  });
});
