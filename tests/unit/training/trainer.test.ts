import { afterAll, describe, expect, it } from 'vitest';
import { trainingEventSchema } from '../../../core/protocol/training.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';
import { chosen } from '../../../core/training/config.ts';
import { valueExamples } from '../../../core/training/examples.ts';
import * as schedules from '../../../core/training/schedules/index.ts';
import { train } from '../../../core/training/trainer.ts';
import { greatestDifference } from '../../training/networks.ts';
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

describe('a training', () => {
  it('reaches the least squares of a linear problem', async () => {
    const optimizerParams = { momentum: 0.5 };
    const setup = { ...linearRegression(runtime, 0.1, { optimizerParams }), epochs: 150 };
    const { told, state } = await trained(setup);
    const wanted = leastSquares(setup);
    expect(greatestDifference(state.theta, wanted.theta)).toBeLessThan(1e-4);
    expect(eventsOf(told, 'step').at(-1)?.loss).toBeCloseTo(wanted.loss, 6);
    expect(wanted.loss).toBeGreaterThan(1e-3);
  });

  it('tells classes apart that can be told apart', async () => {
    const { told } = await trained(everythingOn(runtime, { epochs: 12, adversarial: undefined }));
    const last = eventsOf(told, 'epoch').at(-1);
    expect(last?.validation?.accuracy).toBe(1);
    expect(last?.validation?.loss).toBeLessThan(0.2);
  });

  it('tells everything in order, and nothing that its schema does not know', async () => {
    const { told } = await trained(everythingOn(runtime));
    for (const { event } of told) expect(trainingEventSchema.parse(event)).toEqual(event);
    // 33 examples in batches of 8; health every three steps.
    const epochs = [
      ['health', 'step', 'step', 'step', 'health', 'step'],
      ['step', 'step', 'health', 'step', 'step'],
      ['step', 'health', 'step', 'step', 'step'],
    ].flatMap((steps) => [...steps, 'mistakes', 'epoch']);
    expect(told.map(({ event }) => event.kind)).toEqual(['started', ...epochs, 'ended']);
    expect(told[0]?.event).toEqual({
      kind: 'started',
      parameters: 3 * 9 + 2 * 3 + 2 * 3 * 16 + 2,
      epochs: 3,
      stepsPerEpoch: 4,
      resumedAt: 0,
    });
    expect(eventsOf(told, 'step').map(({ step, epoch }) => [step, epoch])).toEqual(
      Array.from({ length: 12 }, (_, at) => [at + 1, (at + 1) / 4]),
    );
    const [health] = eventsOf(told, 'health');
    expect(health?.layers).toHaveLength(1);
    expect(health?.parameters.map(({ parameter }) => parameter)).toEqual([
      'conv.weight',
      'norm.weight',
      'norm.bias',
      'head.weight',
      'head.bias',
    ]);
  });

  it('gives the same weights for the same seed, bit for bit, and others for another', async () => {
    const [one, same, other] = [
      await trained(everythingOn(runtime)),
      await trained(everythingOn(runtime)),
      await trained(everythingOn(runtime, { seed: 2 })),
    ];
    expect(same.state).toEqual(one.state);
    expect(greatestDifference(other.state.theta, one.state.theta)).toBeGreaterThan(0.01);
  });
});

describe('steps', () => {
  it('take the learning rate through warm-up and schedule', async () => {
    const rates = async (id: string, warmupEpochs: number): Promise<number[]> => {
      const setup = {
        ...linearRegression(runtime, 0.1),
        schedule: chosen(schedules, { id, params: {} }, 'schedule'),
        warmupEpochs,
        epochs: 4,
        batchSize: 16,
      };
      return eventsOf((await trained(setup)).told, 'step').map(({ learningRate }) => learningRate);
    };
    const rounded = (values: readonly number[]): number[] => values.map((value) => Number(value.toFixed(9)));
    // Two steps an epoch. Three of warm-up, then what the schedule says.
    expect(rounded(await rates('constant', 1.5))).toEqual(
      rounded([0.1 / 3, 0.2 / 3, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]),
    );
    expect(rounded(await rates('staircase', 0.5))).toEqual(
      rounded([0.1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.001, 0.001]),
    );
  });

  it('need no more examples than there are', async () => {
    const { told, error } = await failed({ ...linearRegression(runtime, 0.1), batchSize: 33 });
    expect(told).toEqual([]);
    expect(error).toMatchObject({
      code: 'badArgument',
      message: 'A batch of 33 is larger than the 32 examples to train with. Choose a smaller one.',
    });
  });
});

describe('a training that should end', () => {
  it('ends when no epoch was better for long enough, and so does one that goes on after that', async () => {
    // At this rate hardly a held-out example changes sides.
    const setup = everythingOn(runtime, { patience: 2, epochs: 30, learningRate: 1e-4 });
    const { told, state } = await trained(setup);
    const { length } = state.epochs;
    expect(length).toBeLessThan(30);
    expect(state.best?.epoch).toBe(length - 2);
    const bestEpoch = length - 2;
    expect(told.at(-1)?.event).toEqual({
      kind: 'ended',
      step: 4 * length,
      reason: 'stoppedEarly',
      bestEpoch,
    });
    const again = await trained({ ...setup, resume: state });
    expect(again.told.map(({ event }) => event.kind)).toEqual(['started', 'ended']);
    expect(again.state).toEqual(state);
  });

  it('ends between two steps when it is cancelled', async () => {
    const controller = new AbortController();
    const setup = everythingOn(runtime, { signal: controller.signal });
    const seen: number[] = [];
    const run = async (): Promise<void> => {
      for await (const { event } of train(setup)) {
        if (event.kind !== 'step') continue;
        seen.push(event.step);
        if (event.step === 5) controller.abort();
      }
    };
    await expect(run()).rejects.toMatchObject({ code: 'cancelled' });
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('a training that goes wrong', () => {
  it('does not take the step at which its numbers overflow', async () => {
    const setup = { ...linearRegression(runtime, 0.1), learningRate: 1e6, epochs: 50 };
    const { told, error } = await failed(setup);
    const taken = eventsOf(told, 'step').length;
    expect(error.code).toBe('nonFinite');
    expect(error.message).toMatch(
      new RegExp(
        `^The (loss|gradient|update of the parameters) is no longer a number at step ${taken + 1}\\. The step was not taken; lower the learning rate \\(1\\.00e\\+6\\), clip the gradient, or look at the data\\.$`,
      ),
    );
    expect(taken).toBeGreaterThan(1);
    for (const { state } of told) expect(state.theta.every(Number.isFinite)).toBe(true);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])(
    'does not take a step with a batch that holds %d',
    async (bad) => {
      const inputs = Float32Array.from({ length: 24 }, (_, at) => at / 24);
      inputs[13] = bad;
      const { problem } = linearRegression(runtime, 0.1);
      const training = valueExamples(inputs, new Float32Array(8), { width: 3, outputs: 1 });
      const { told, error } = await failed(setupOf(runtime, problem, { training, batchSize: 2 }));
      // Four steps an epoch, so at the fourth at the latest.
      const taken = eventsOf(told, 'step').length;
      expect(taken).toBeLessThan(4);
      expect(error).toMatchObject({
        code: 'nonFinite',
        message: expect.stringContaining(`is no longer a number at step ${taken + 1}.`) as string,
      });
      expect(told.at(-1)?.state.theta.every(Number.isFinite)).toBe(true);
      expect(told.at(-1)?.state.step).toBe(taken);
    },
  );
});
