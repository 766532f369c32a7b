import { afterAll, describe, expect, it } from 'vitest';
import { attribute } from '../../core/attribution/attribute.ts';
import { float32, floatsOf } from '../../core/base/tensor.ts';
import { MethodContext, type MethodContextOptions } from '../../core/method/context.ts';
import { Runtime } from '../../core/runtime/runtime.ts';
import { relativeError } from '../golden/numbers.ts';
import { modelInMemory } from './modelInMemory.ts';
import { occlusionOf } from '../reference/occlusion.ts';
import * as small from '../reference/smallNet.ts';
import { asker, factOf, greatestMagnitude, logitOf, noiseImage } from './attributionQuestions.ts';
import * as simple from './simpleNets.ts';

const runtime = new Runtime({ threads: 1 });
afterAll(() => runtime.dispose());

const ask = asker('occlusion');
const { height, width } = small;
const model = modelInMemory(small.smallNet(), small.card);
const image = noiseImage(height, width);
const contextOf = (options: Partial<MethodContextOptions> = {}) =>
  new MethodContext({ model, runtime, ...options });

describe('occlusion', () => {
  it.each([
    ['grey', 3, 2, [0.5, 0.5, 0.5]],
    ['black', 4, 3, [0, 0, 0]],
    ['mean', 5, 5, small.cardZero],
    ['mean', 1, 1, small.cardZero],
    ['grey', 8, 1, [0.5, 0.5, 0.5]],
  ] as const)(
    'with a %s window of %i by stride %i is its definition in float64',
    async (baseline, window, stride, colour) => {
      const wanted = occlusionOf({
        image: [...floatsOf(image)],
        colour,
        height,
        width,
        window,
        stride,
        score: (pixels) => small.smallNetLogits(pixels)[2] ?? Number.NaN,
      });
      const found = await ask(contextOf(), image, { baseline, window, stride }, logitOf(2));
      expect(found.attribution.dims).toEqual([1, height, width]);
      expect(relativeError(found.attribution, float32(wanted))).toBeLessThan(1e-5);
      expect(found.map.data).toEqual(found.attribution.data);
      expect(factOf(found, 'S(image)')).toBeCloseTo(
        small.smallNetLogits(floatsOf(image))[2] ?? Number.NaN,
        5,
      );
    },
  );

  it('of a linear network by single pixels is input × gradient from black, summed over the channels', async () => {
    const context = new MethodContext({
      model: modelInMemory(simple.simpleNet('linear'), simple.rawInput),
      runtime,
    });
    const pixels = noiseImage(simple.height, simple.width);
    const found = await ask(context, pixels, { baseline: 'black', window: 1, stride: 1 });
    const { map } = await asker('inputXGradient')(context, pixels);
    expect(relativeError(found.map, map)).toBeLessThan(1e-5);
  });

  it('covers with what lies around where the baseline is blur: nothing changes on an even image', async () => {
    const even = float32(new Float32Array(3 * height * width).fill(0.25), [1, 3, height, width]);
    expect(greatestMagnitude((await ask(contextOf(), even, { baseline: 'blur' })).attribution)).toBeLessThan(
      1e-5,
    );
    expect(greatestMagnitude((await ask(contextOf(), even)).attribution)).toBeGreaterThan(1e-3);
  });

  it('takes a seventh of the shorter side, and a quarter of that', async () => {
    const large = new MethodContext({
      model: modelInMemory(simple.simpleNet('linear'), simple.rawInput),
      runtime,
    });
    const found = await ask(large, noiseImage(simple.height, simple.width));
    expect([factOf(found, 'window'), factOf(found, 'stride'), factOf(found, 'windows')]).toEqual([1, 1, 30]);
  });

  it('agrees with itself whatever batches fit into memory', async () => {
    const [roomy, tight] = [await ask(contextOf(), image), await ask(contextOf({ memoryBytes: 1 }), image)];
    expect(relativeError(tight.attribution, roomy.attribution)).toBeLessThan(1e-5);
  });

  it('refuses windows that do not fit and strides that leave gaps', async () => {
    await expect(ask(contextOf(), image, { window: 9 })).rejects.toThrow(
      "Expected at most 8 pixels, the image's shorter side, for the window but received 9.",
    );
    await expect(ask(contextOf(), image, { window: 3, stride: 4 })).rejects.toThrow(
      'A longer one would leave pixels that no window covers.',
    );
  });

  it('stops where somebody cancels', async () => {
    const controller = new AbortController();
    const request = { id: 'occlusion', params: { window: 1 } };
    const run = attribute(contextOf({ signal: controller.signal }), request, image, logitOf(0));
    expect((await run.next()).value).toMatchObject({ done: 0, total: 81 });
    controller.abort();
    await expect(run.next()).rejects.toThrow('Cancelled.');
  });
});
