import { afterAll, describe, expect, it } from 'vitest';
import { attribute, attributionRun } from '../../core/attribution/attribute.ts';
import { type Tensor, float32, floatsOf } from '../../core/base/tensor.ts';
import { batchOf } from '../../core/method/batches.ts';
import { MethodContext, type MethodContextOptions, drain } from '../../core/method/context.ts';
import { targetInput } from '../../core/model/network.ts';
import type { Target } from '../../core/protocol/target.ts';
import { Runtime } from '../../core/runtime/runtime.ts';
import { relativeError } from '../golden/numbers.ts';
import { modelInMemory } from './modelInMemory.ts';
import * as small from '../reference/smallNet.ts';
import { logitOf, noiseImage } from './attributionQuestions.ts';

const runtime = new Runtime({ threads: 1 });
afterAll(() => runtime.dispose());

const model = modelInMemory(small.smallNet(), small.card);
const contextOf = (options: Partial<MethodContextOptions> = {}) =>
  new MethodContext({ model, runtime, ...options });
const image = noiseImage(small.height, small.width);

/** Different images [count, 3, H, W]. */
function imagesOf(count: number): Tensor {
  const { data, dims } = noiseImage(count * small.height, small.width, 8);
  return { type: 'float32', data, dims: [count, ...dims.slice(1, 2), small.height, small.width] };
}

const unit: Target = { kind: 'unit', layer: 'relu', channel: 2, row: 4, column: 3 };

describe('a run scores', () => {
  it.each([1, 2, 23, 32, 70])('%i images as the network scores each', async (count) => {
    const images = imagesOf(count);
    for (const memoryBytes of [1, 2 ** 30]) {
      const scores = await attributionRun(contextOf({ memoryBytes }), image, logitOf(3)).score(images);
      const wanted = Array.from(
        { length: count },
        (_, index) => small.smallNetLogits(floatsOf(batchOf(images, index, 1)))[3] ?? Number.NaN,
      );
      expect(relativeError(scores, float32(wanted))).toBeLessThan(1e-5);
    }
  });

  it('fewer images than before, and more, in one run', async () => {
    const run = attributionRun(contextOf(), image, logitOf(1));
    const images = imagesOf(40);
    const all = await run.score(images);
    for (const count of [20, 13, 1, 40, 5]) {
      const scores = await run.score(batchOf(images, 0, count));
      expect(relativeError(scores, float32(all.subarray(0, count)))).toBeLessThan(1e-6);
    }
  });

  it('a log-probability, a difference, and a unit that has no class', async () => {
    const logits = small.smallNetLogits(floatsOf(image));
    const scoreOf = async (target: Target): Promise<number | undefined> =>
      (await attributionRun(contextOf(), image, target).score(image))[0];
    const logProbability = Math.log(small.softmax(logits)[2] ?? 0);
    expect(await scoreOf({ kind: 'class', class: 2, of: 'logProbability' })).toBeCloseTo(logProbability, 5);
    const difference = (logits[0] ?? 0) - (logits[4] ?? 0);
    expect(await scoreOf({ kind: 'difference', class: 0, against: 4 })).toBeCloseTo(difference, 5);
    expect(await scoreOf(unit)).toBeGreaterThanOrEqual(0);
    expect(attributionRun(contextOf(), image, unit).classFeed(4)).toEqual({});
    expect(attributionRun(contextOf(), image, logitOf(3)).classFeed(2)[targetInput]?.data).toEqual(
      BigInt64Array.of(3n, 3n),
    );
  });
});

describe('a run explains many images as each alone', () => {
  it.each([
    { id: 'gradient', params: {} },
    { id: 'gradCam', params: { relu: false } },
    { id: 'integratedGradients', params: { steps: 5 } },
  ])('by $id', async (request) => {
    const context = contextOf();
    const images = imagesOf(11);
    const together = await attributionRun(context, image, logitOf(2)).attribute(request, images);
    expect(together).toHaveLength(11);
    for (const [index, found] of together.entries()) {
      const one = batchOf(images, index, 1);
      const alone = await drain(attribute(context, request, one, logitOf(2)));
      expect(relativeError(found.attribution, alone.attribution)).toBeLessThan(1e-5);
      expect(relativeError(found.map, alone.map)).toBeLessThan(1e-5);
      expect([found.attribution.dims, found.map.dims, found.signed]).toEqual([
        alone.attribution.dims,
        [small.height, small.width],
        alone.signed,
      ]);
    }
  });
});

describe('a run refuses', () => {
  it.each([
    [{ kind: 'class', class: 'top', of: 'logit' }, 'below 5 for the target but received top'],
    [{ kind: 'class', class: 5, of: 'logit' }, 'below 5 for the target but received 5'],
    [{ kind: 'difference', class: 0, against: 7 }, 'below 5 for the target but received 7'],
  ] satisfies [Target, string][])('the target %j', (target, sentence) => {
    expect(() => attributionRun(contextOf(), image, target)).toThrow(sentence);
  });

  it('a parameter that a method does not have', async () => {
    const request = { id: 'gradient', params: { layer: 'relu' } };
    await expect(drain(attribute(contextOf(), request, image, logitOf(0)))).rejects.toThrow(
      'of gradient is not valid',
    );
  });
});
