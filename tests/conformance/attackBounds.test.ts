import { afterAll, describe, expect, it } from 'vitest';
import { type AttackReport, runAttack } from '../../core/attacks/attack.ts';
import { attackOf } from '../../core/attacks/registry.ts';
import { normsBetween } from '../../core/attacks/shared/ball.ts';
import { rowOf } from '../../core/attacks/shared/rows.ts';
import { normals, seededRandom } from '../../core/base/random.ts';
import { type Tensor, floatsOf } from '../../core/base/tensor.ts';
import { MethodContext, drain } from '../../core/method/context.ts';
import { requestOf } from '../../core/method/define.ts';
import { Runtime } from '../../core/runtime/runtime.ts';
import { dot, greatestGainL2, greatestGainLinf, norm2, smallestL2 } from '../reference/attackBounds.ts';
import { affineModel, latticeImages } from './checks/attackModels.ts';

const runtime = new Runtime({ device: 'cpu', threads: 1 });

afterAll(async () => {
  await runtime.dispose();
});

const shape = [3, 8, 8] as const;
const length = 192;

interface Linear {
  readonly weights: readonly (readonly number[])[];
  readonly biases: readonly number[];
}

const weightsOf = (seed: number): number[] => [...normals(seededRandom(seed), length, 0.3)];

/** Two classes, of which the first leads by w·x + b = `margin` at `image`. */
function binary(image: Float32Array, margin: number): { w: number[]; linear: Linear } {
  const w = weightsOf(3);
  const linear = { weights: [w, w.map(() => 0)], biases: [margin - dot(w, image), 0] };
  return { w, linear };
}

async function attack(
  id: string,
  params: Record<string, unknown>,
  { linear, images, goal }: { linear: Linear; images: Tensor; goal?: number },
): Promise<AttackReport> {
  const definition = attackOf(id);
  const context = new MethodContext({ model: affineModel({ shape, ...linear }), runtime, seed: 4 });
  const [count = 0] = images.dims;
  return drain(
    runAttack(context, definition, requestOf(definition, params).params, {
      images,
      classes: Array.from({ length: count }, () => goal ?? 0),
      targeted: goal !== undefined,
      purposes: Array.from({ length: count }, (_, index) => `image ${index}`),
    }),
  );
}

/** Pixels from 100 to 155, so that no box constraint is active; and pixels of all levels, many of them exactly 0 and 1. */
const inside = latticeImages(1, shape, { seed: 5, least: 100, greatest: 155 });
const anywhere = latticeImages(1, shape, { seed: 6, least: -150, greatest: 405 });
const atBounds: Tensor = {
  ...anywhere,
  data: floatsOf(anywhere).map((value) => Math.min(1, Math.max(0, value))),
};
const epsilon = 8 / 255;

/** By how much the attack lowered w·x. */
function gainOf(report: AttackReport, images: Tensor, w: readonly number[]): number {
  return dot(w, rowOf(images, 0)) - dot(w, rowOf(report.raw, 0));
}

const negated = (w: readonly number[]): number[] => w.map((value) => -value);

describe('attacks in a ball on a linear network of two classes', () => {
  it('a third of the pixels of the second picture lie at black and white', () => {
    const extreme = floatsOf(atBounds).filter((value) => value === 0 || value === 1).length;
    expect(extreme / length).toBeGreaterThan(0.33);
  });

  it('FGSM moves every pixel by ε against the sign of its weight', async () => {
    const { w, linear } = binary(rowOf(inside, 0), 0.3);
    const report = await attack('fgsm', {}, { linear, images: inside });
    const wrong = w.filter((value, i) => {
      const moved = (rowOf(report.raw, 0)[i] ?? 0) - (rowOf(inside, 0)[i] ?? 0);
      return Math.abs(moved + epsilon * Math.sign(value)) > 1e-7;
    });
    expect(wrong).toEqual([]);
    expect(report.examples[0]?.status).toBe('succeeded');
    expect(report.examples[0]?.norms.linf).toBeCloseTo(epsilon, 7);
  });

  it('targeted FGSM moves the other way, and FGSM in L2 along w', async () => {
    const { w, linear } = binary(rowOf(inside, 0), -0.3);
    const targeted = await attack('fgsm', {}, { linear, images: inside, goal: 0 });
    expect(gainOf(targeted, inside, w)).toBeCloseTo(-greatestGainLinf(w, rowOf(inside, 0), epsilon), 5);
    expect(targeted.examples[0]?.saved.index).toBe(0);
    const right = binary(rowOf(inside, 0), 0.3);
    const l2 = await attack('fgsm', { norm: 'l2', epsilon: 0.25 }, { linear: right.linear, images: inside });
    expect(gainOf(l2, inside, w)).toBeCloseTo(0.25 * norm2(w), 5);
  });

  it.each([
    ['bim', {}],
    ['miFgsm', {}],
    ['pgd', {}],
    ['pgd', { loss: 'margin', randomStart: false }],
    ['pgd', { restarts: 3, steps: 10 }],
  ])('%s %j reaches the least margin within an L∞ ball, whether the box binds or not', async (id, params) => {
    for (const images of [inside, atBounds]) {
      // So large a margin that no restart is left out because the network is fooled.
      const { w, linear } = binary(rowOf(images, 0), 5);
      const report = await attack(id, { ...params, epsilon }, { linear, images });
      const best = greatestGainLinf(negated(w), rowOf(images, 0), epsilon);
      expect(gainOf(report, images, w) / best).toBeCloseTo(1, 5);
    }
  });

  it.each([
    ['away from the box', inside, 0.3],
    ['with pixels at black and white', atBounds, 0.3],
    ['so large that most pixels stop at black or white', atBounds, 8],
  ])('PGD reaches the least margin within an L2 ball %s', async (_where, images, radius) => {
    const { w, linear } = binary(rowOf(images, 0), 100);
    // Each step halves the angle between the perturbation and w.
    const params = { norm: 'l2', epsilon: radius, stepSize: radius, steps: 60 };
    const report = await attack('pgd', params, { linear, images });
    const best = greatestGainL2(negated(w), rowOf(images, 0), radius);
    expect(gainOf(report, images, w) / best).toBeCloseTo(1, 4);
    if (images === inside) expect(best).toBeCloseTo(radius * norm2(w), 9);
    expect(normsBetween(rowOf(report.raw, 0), rowOf(images, 0)).l2).toBeLessThanOrEqual(radius + 1e-6);
  });
});

describe('the smallest perturbation on a linear network of two classes', () => {
  it('DeepFool finds |m|/‖w‖₂, times its overshoot', async () => {
    for (const overshoot of [0.02, 0.1]) {
      const { w, linear } = binary(rowOf(inside, 0), 0.3);
      const report = await attack('deepFool', { overshoot }, { linear, images: inside });
      const { l2 } = normsBetween(rowOf(report.raw, 0), rowOf(inside, 0));
      expect(Math.abs(l2 / ((0.3 / norm2(w)) * (1 + overshoot)) - 1)).toBeLessThan(1e-5);
    }
  });

  it('DeepFool fools the network from pixels at black and white too, close to the least norm', async () => {
    const { w, linear } = binary(rowOf(atBounds, 0), 1.5);
    const report = await attack('deepFool', {}, { linear, images: atBounds });
    const { l2 } = normsBetween(rowOf(report.raw, 0), rowOf(atBounds, 0));
    const least = smallestL2(negated(w), rowOf(atBounds, 0), 1.5);
    expect(report.examples[0]?.adversarial.index).toBe(1);
    expect(l2 / least).toBeGreaterThan(0.99999);
    expect(l2 / least).toBeLessThan(1.1);
  });

  it.each([
    ['carliniWagner', 1.02],
    ['lbfgs', 1.03],
  ])('%s finds |m|/‖w‖₂, and the least norm of water-filling from black and white', async (id, most) => {
    for (const [images, margin] of [
      [inside, 0.3],
      [atBounds, 0.3],
      [atBounds, 1.5],
    ] as const) {
      const { w, linear } = binary(rowOf(images, 0), margin);
      const report = await attack(id, {}, { linear, images });
      const { l2 } = normsBetween(rowOf(report.raw, 0), rowOf(images, 0));
      const least = smallestL2(negated(w), rowOf(images, 0), margin);
      if (images === inside) expect(least).toBeCloseTo(margin / norm2(w), 9);
      expect(report.examples[0]?.adversarial.index).toBe(1);
      expect(l2 / least).toBeGreaterThan(0.9999);
      expect(l2 / least).toBeLessThan(most);
    }
  });

  it('Carlini-Wagner keeps the distance that κ asks for', async () => {
    const { w, linear } = binary(rowOf(inside, 0), 0.3);
    const report = await attack('carliniWagner', { confidence: 0.5 }, { linear, images: inside });
    const { l2 } = normsBetween(rowOf(report.raw, 0), rowOf(inside, 0));
    expect(gainOf(report, inside, w)).toBeGreaterThanOrEqual(0.8 - 1e-4);
    expect(l2 / (0.8 / norm2(w))).toBeLessThan(1.02);
    expect(report.examples[0]?.status).toBe('succeeded');
  });

  it('Carlini-Wagner moves black pixels as the least perturbation wants', async () => {
    const black = latticeImages(1, shape, { seed: 1, least: 0, greatest: 0 });
    const { w, linear } = binary(rowOf(black, 0), 1);
    const report = await attack('carliniWagner', {}, { linear, images: black });
    const { l2 } = normsBetween(rowOf(report.raw, 0), rowOf(black, 0));
    expect(l2 / smallestL2(negated(w), rowOf(black, 0), 1)).toBeLessThan(1.02);
  });
});

describe('the smallest perturbation on a linear network of six classes', () => {
  const weights = Array.from({ length: 6 }, (_, index) => weightsOf(20 + index));
  const [images] = [inside];
  /** Class 0 leads each of the others by its own margin. */
  const margins = [0, 0.9, 0.5, 0.7, 0.35, 0.8];
  const biases = weights.map((w, index) => -dot(w, rowOf(images, 0)) - (margins[index] ?? 0));
  const distances = weights.slice(1).map((w, at) => {
    const difference = w.map((value, i) => value - (weights[0]?.[i] ?? 0));
    return (margins[at + 1] ?? 0) / norm2(difference);
  });
  const least = Math.min(...distances);

  it('DeepFool finds the nearest of all boundaries', async () => {
    const report = await attack('deepFool', {}, { linear: { weights, biases }, images });
    const { l2 } = normsBetween(rowOf(report.raw, 0), rowOf(images, 0));
    expect(Math.abs(l2 / (1.02 * least) - 1)).toBeLessThan(1e-5);
    expect(report.examples[0]?.adversarial.index).toBe(distances.indexOf(least) + 1);
  });

  // The cross-entropy that L-BFGS lowers also turns away from the classes that are not the next ones: its way is longer.
  it.each([
    ['carliniWagner', 1.02],
    ['lbfgs', 1.25],
  ])('%s comes near to it', async (id, most) => {
    const report = await attack(id, {}, { linear: { weights, biases }, images });
    const { l2 } = normsBetween(rowOf(report.raw, 0), rowOf(images, 0));
    expect(l2 / least).toBeGreaterThan(0.9999);
    expect(l2 / least).toBeLessThan(most);
  });

  it.each(['carliniWagner', 'lbfgs'])('%s reaches the class that it is given', async (id) => {
    const report = await attack(id, {}, { linear: { weights, biases }, images, goal: 5 });
    const { l2 } = normsBetween(rowOf(report.raw, 0), rowOf(images, 0));
    expect(report.examples[0]?.adversarial.index).toBe(5);
    // The way to a class is at least as long as that to its boundary with the first.
    expect(l2).toBeGreaterThanOrEqual((distances[4] ?? 0) * 0.9999);
    expect(l2 / (distances[4] ?? 0)).toBeLessThan(1.5);
  });
});
