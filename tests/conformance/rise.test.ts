import { afterAll, describe, expect, it } from 'vitest';
import { attribute } from '../../core/attribution/attribute.ts';
import { drawMask, enlargement } from '../../core/attribution/shared/randomMasks.ts';
import { float32, floatsOf } from '../../core/base/tensor.ts';
import { MethodContext, type MethodContextOptions } from '../../core/method/context.ts';
import type { Target } from '../../core/protocol/target.ts';
import { Runtime } from '../../core/runtime/runtime.ts';
import { relativeError } from '../golden/numbers.ts';
import { modelInMemory } from './modelInMemory.ts';
import { riseOf } from '../reference/rise.ts';
import * as small from '../reference/smallNet.ts';
import { asker, factOf, logitOf, noiseImage } from './attributionQuestions.ts';
import * as simple from './simpleNets.ts';

const runtime = new Runtime({ threads: 1 });
afterAll(() => runtime.dispose());

const ask = asker('rise');
const { height, width } = small;
const model = modelInMemory(small.smallNet(), small.card);
const image = noiseImage(height, width);
const contextOf = (options: Partial<MethodContextOptions> = {}) =>
  new MethodContext({ model, runtime, ...options });
const errorLabel = 'standard error of the map, mean over the pixels';

/** The masks that a run of this seed draws. */
function masksOf(context: MethodContext, samples: number, grid: number, probability: number) {
  const random = context.random('rise');
  const shape = { grid, probability, rows: enlargement(height, grid), columns: enlargement(width, grid) };
  return Array.from({ length: samples }, () => drawMask(random, shape));
}

describe('RISE', () => {
  it.each([
    ['the probability of a class', 70, 3, 0.5, { kind: 'class', class: 2, of: 'logit' }],
    ['the probability of a class', 33, 7, 0.2, { kind: 'class', class: 4, of: 'logProbability' }],
    ['a difference of logits', 40, 4, 0.7, { kind: 'difference', class: 0, against: 3 }],
  ] satisfies [string, number, number, number, Target][])(
    'of %s with %i masks, grid %i and p = %f is its definition in float64',
    async (_, samples, grid, probability, target) => {
      const score = (pixels: readonly number[]): number => {
        const logits = small.smallNetLogits(pixels);
        const of = target.kind === 'class' ? small.softmax(logits) : logits;
        const against = target.kind === 'difference' ? (logits[target.against] ?? 0) : 0;
        return (of[target.class] ?? Number.NaN) - against;
      };
      const question = {
        image: [...floatsOf(image)],
        zero: small.cardZero,
        height,
        width,
        grid,
        probability,
        score,
      };
      const wanted = riseOf(question, masksOf(contextOf(), samples, grid, probability));
      const found = await ask(contextOf(), image, { samples, grid, probability }, target);
      expect(found.attribution.dims).toEqual([1, height, width]);
      expect(relativeError(found.attribution, float32(wanted.attribution))).toBeLessThan(1e-5);
      expect(relativeError(found.map, float32(wanted.map))).toBeLessThan(1e-5);
      expect(factOf(found, 'mean score')).toBeCloseTo(wanted.mean, 5);
      expect(factOf(found, errorLabel) / wanted.standardError).toBeCloseTo(1, 4);
    },
  );

  it('states a standard error by which two runs differ, and which halves with four times the masks', async () => {
    const context = new MethodContext({
      model: modelInMemory(simple.simpleNet('linear'), simple.rawInput),
      runtime,
    });
    const lit = float32(new Float32Array(simple.size).fill(1), [1, 3, simple.height, simple.width]);
    const target = { kind: 'difference', class: 0, against: 1 } as const;
    const [few, many] = [
      await ask(context, lit, { samples: 500, grid: 2 }, target),
      await ask(context, lit, { samples: 8000, grid: 2 }, target),
    ];
    // Sixteen times the masks: a quarter of the error, and the maps differ by about that of the smaller run.
    expect(factOf(few, errorLabel) / factOf(many, errorLabel)).toBeCloseTo(4, 0);
    const differences = floatsOf(few.map).map((value, at) => value - (floatsOf(many.map)[at] ?? 0));
    const root = Math.sqrt(differences.reduce((sum, value) => sum + value ** 2, 0) / differences.length);
    expect(root / factOf(few, errorLabel)).toBeLessThan(3);
    expect(root / factOf(few, errorLabel)).toBeGreaterThan(0.1);
  });

  it('is repeated by its seed, and another by another', async () => {
    const of = async (seed: number) => (await ask(contextOf({ seed }), image, { samples: 50 })).attribution;
    const [first, again, other] = [await of(3), await of(3), await of(4)];
    expect(again).toEqual(first);
    expect(relativeError(other, first)).toBeGreaterThan(0.01);
  });

  it('agrees with itself whatever batches fit into memory', async () => {
    const params = { samples: 77 };
    const [roomy, tight] = [
      await ask(contextOf(), image, params),
      await ask(contextOf({ memoryBytes: 1 }), image, params),
    ];
    expect(relativeError(tight.attribution, roomy.attribution)).toBeLessThan(1e-5);
    expect(relativeError(tight.map, roomy.map)).toBeLessThan(1e-5);
  });

  it('stops where somebody cancels', async () => {
    const controller = new AbortController();
    const run = attribute(
      contextOf({ signal: controller.signal }),
      { id: 'rise', params: {} },
      image,
      logitOf(0),
    );
    expect((await run.next()).value).toMatchObject({ done: 0, total: 4000 });
    expect((await run.next()).value).toMatchObject({ done: 32, total: 4000 });
    controller.abort();
    await expect(run.next()).rejects.toThrow('Cancelled.');
  });
});
