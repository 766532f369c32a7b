import { afterAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../../core/base/random.ts';
import { floatsOf } from '../../../core/base/tensor.ts';
import { tanh } from '../../../core/nn/layers/activation.ts';
import { chain, named } from '../../../core/nn/layers/composition.ts';
import { flatten, linear } from '../../../core/nn/layers/linear.ts';
import { outputOf } from '../../../core/runtime/program.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';
import { type Adversarial, startOf, stepSizeOf } from '../../../core/training/adversarial.ts';
import { attackBatch } from '../../../core/training/attackBatch.ts';
import { names } from '../../../core/training/names.ts';
import { type Batch, TrainingPrograms, type Values } from '../../../core/training/programs.ts';
import { drawn, drawnBatch, greatestDifference, trainableFrom } from '../../training/networks.ts';
import { problemOf } from '../../training/problem.ts';

const runtime = new Runtime();
afterAll(() => runtime.dispose());

const fgsm: Adversarial = { epsilon: 0.1, steps: 1, randomStart: false };
/** Beyond it, a change is more than a rounding error outside of the ball. */
const rounding = 1e-7;

describe('FGSM in training', () => {
  it('is x + ε·sign of the loss’s gradient in [0, 1], which a linear network gives by its weights', async () => {
    const trainable = trainableFrom(chain(flatten, named('head', linear(2))), [1, 3, 4]);
    const values: Values = { theta: drawn(trainable.parameters.size, 3), buffers: new Float32Array(1) };
    const batch = drawnBatch(trainable, 2, 5);
    const programs = new TrainingPrograms(runtime, problemOf(trainable, 2));
    const attacked = await attackBatch(programs, batch, values, fgsm, seededRandom(1));
    const pixels = 12;
    // ∂L/∂x = Σ_k (p_k − t_k) w_k, which for two classes is a positive multiple of w_other − w_right.
    const wanted = batch.images.map((value, at) => {
      const right = batch.targets[2 * Math.floor(at / pixels)] === 1 ? 0 : 1;
      const weight = (k: number): number => values.theta[k * pixels + (at % pixels)] ?? 0;
      return Math.min(1, Math.max(0, value + 0.1 * Math.sign(weight(1 - right) - weight(right))));
    });
    expect(greatestDifference(attacked.images, wanted)).toBeLessThan(rounding);
    expect(attacked.targets).toBe(batch.targets);
  });
});

describe('the inner attack', () => {
  const trainable = trainableFrom(
    chain(flatten, named('first', linear(12)), tanh, named('head', linear(3))),
    [1, 4, 4],
  );
  const values: Values = { theta: drawn(trainable.parameters.size, 3, 0.8), buffers: new Float32Array(1) };
  const batch = drawnBatch(trainable, 3, 6);
  const programs = new TrainingPrograms(runtime, problemOf(trainable, 3));
  const lossOf = async (given: Batch): Promise<number> => {
    const losses = floatsOf(outputOf(await programs.evaluation(given, values), names.losses));
    return losses.reduce((sum, value) => sum + value, 0);
  };

  it.each<[string, Adversarial]>([
    ['FGSM', fgsm],
    ['a random start and one step of 1.25 ε', { ...fgsm, randomStart: true }],
    ['PGD', { ...fgsm, steps: 7, randomStart: true }],
    ['steps longer than the ball is wide', { ...fgsm, steps: 3, stepSize: 2 }],
  ])('stays in the ball and in [0, 1] and raises the loss: %s', async (_, adversarial) => {
    const attacked = await attackBatch(programs, batch, values, adversarial, seededRandom(2));
    expect(greatestDifference(attacked.images, batch.images)).toBeLessThan(0.1 + rounding);
    expect(Math.min(...attacked.images)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...attacked.images)).toBeLessThanOrEqual(1);
    expect(await lossOf(attacked)).toBeGreaterThan(1.1 * (await lossOf(batch)));
  });

  it('draws its start from the generator it is given', async () => {
    const fast = { ...fgsm, stepSize: 0.01, randomStart: true };
    const from = async (seed: number) =>
      (await attackBatch(programs, batch, values, fast, seededRandom(seed))).images;
    expect(await from(4)).toEqual(await from(4));
    expect(greatestDifference(await from(4), await from(5))).toBeGreaterThan(0.1);
  });

  it('lets one step of 1.25 ε end between 0 and ε at black pixels, where plain FGSM ends at either', async () => {
    const dark: Batch = { ...batch, images: new Float32Array(batch.images.length) };
    const inside = async (adversarial: Adversarial): Promise<number> => {
      const { images } = await attackBatch(programs, dark, values, adversarial, seededRandom(3));
      return images.filter((value) => value > 0.001 && value < 0.099).length / images.length;
    };
    expect(await inside(fgsm)).toBe(0);
    expect(await inside({ ...fgsm, randomStart: true })).toBeGreaterThan(0.1);
  });

  it('changes nothing at ε = 0', async () => {
    const nothing = { epsilon: 0, steps: 3, randomStart: true };
    expect((await attackBatch(programs, batch, values, nothing, seededRandom(1))).images).toEqual(
      batch.images,
    );
  });
});

describe('a random start', () => {
  it('is uniform in the ball, and cut to [0, 1] before several steps', () => {
    const images = new Float32Array(20_000).fill(0.5);
    const started = startOf(images, { epsilon: 0.3, steps: 1, randomStart: true }, seededRandom(1));
    const changes = started.map((value) => (value - 0.5) / 0.3);
    expect(Math.max(...changes.map(Math.abs))).toBeLessThanOrEqual(1 + rounding);
    const momentOf = (power: number): number =>
      changes.reduce((sum, value) => sum + value ** power, 0) / changes.length;
    // Mean 0 and variance 1/3, within four standard errors.
    expect(Math.abs(momentOf(1))).toBeLessThan(4 * Math.sqrt(1 / 3 / changes.length));
    expect(Math.abs(momentOf(2) - 1 / 3)).toBeLessThan(4 * Math.sqrt(4 / 45 / changes.length));
    const black = (steps: number): Float32Array =>
      startOf(new Float32Array(1000), { epsilon: 0.3, steps, randomStart: true }, seededRandom(1));
    expect(Math.min(...black(7))).toBe(0);
    expect(black(7).filter((value) => value === 0).length).toBeGreaterThan(400);
    expect(Math.min(...black(1))).toBeLessThan(-0.29);
  });

  it('is the images themselves where none is wanted', () => {
    const images = Float32Array.of(0.2, 0.4);
    expect(startOf(images, fgsm, seededRandom(1))).toBe(images);
  });
});

describe('the step size', () => {
  it.each<[string, Adversarial, number]>([
    ['ε for FGSM', fgsm, 0.1],
    ['1.25 ε with a random start', { ...fgsm, randomStart: true }, 0.125],
    ['2.5 ε/steps for PGD', { ...fgsm, steps: 10, randomStart: true }, 0.025],
    ['what is asked for', { ...fgsm, steps: 10, stepSize: 0.07 }, 0.07],
  ])('is %s', (_, adversarial, wanted) => {
    expect(stepSizeOf(adversarial)).toBeCloseTo(wanted, 12);
  });
});
