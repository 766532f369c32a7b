import { afterAll, describe, expect, it } from 'vitest';
import { attribute } from '../../core/attribution/attribute.ts';
import { float32, floatsOf } from '../../core/base/tensor.ts';
import type { Graph } from '../../core/graph/ir.ts';
import { MethodContext, type MethodContextOptions } from '../../core/method/context.ts';
import type { Program } from '../../core/runtime/program.ts';
import { Runtime } from '../../core/runtime/runtime.ts';
import { relativeError } from '../golden/numbers.ts';
import { modelInMemory } from './modelInMemory.ts';
import * as small from '../reference/smallNet.ts';
import { asker, factOf, greatestMagnitude, logitOf, noiseImage } from './attributionQuestions.ts';
import * as simple from './simpleNets.ts';

const runtime = new Runtime({ threads: 1 });
afterAll(() => runtime.dispose());

const [smoothGrad, varGrad] = [asker('smoothGrad'), asker('varGrad')];
const smallModel = modelInMemory(small.smallNet(), small.card);
const smallImage = noiseImage(small.height, small.width);
const contextOf = (options: Partial<MethodContextOptions> = {}) =>
  new MethodContext({ model: smallModel, runtime, ...options });
const simpleContext = (kind: 'linear' | 'quadratic') =>
  new MethodContext({ model: modelInMemory(simple.simpleNet(kind), simple.rawInput), runtime });
const simpleImage = noiseImage(simple.height, simple.width);

describe('SmoothGrad without noise is the method that it wraps, to the last bit', () => {
  it.each(['gradient', 'inputXGradient', 'guidedBackprop', 'integratedGradients', 'occlusion'])(
    '%s',
    async (of) => {
      const wanted = await asker(of)(contextOf(), smallImage);
      const found = await smoothGrad(contextOf(), smallImage, {
        of,
        noise: 0,
        samples: 3,
        channels: wanted.signed ? 'signed' : 'abs',
      });
      expect(found.attribution).toEqual(wanted.attribution);
      expect(relativeError(found.map, wanted.map)).toBeLessThan(1e-6);
      expect(found.signed).toBe(wanted.signed);
    },
  );

  it('gradCam, at the resolution of its layer', async () => {
    const wanted = await asker('gradCam')(contextOf(), smallImage);
    const found = await smoothGrad(contextOf(), smallImage, { of: 'gradCam', noise: 0, samples: 3 });
    expect([found.attribution, found.map, found.signed]).toEqual([wanted.attribution, wanted.map, false]);
    expect(found.layers?.map(({ name }) => name)).toEqual(['relu']);
    const score = small.smallNetLogits(floatsOf(smallImage))[1] ?? Number.NaN;
    expect(factOf(found, 'mean score of the noisy copies')).toBeCloseTo(score, 5);
  });
});

describe('on networks whose gradients are known', () => {
  it('SmoothGrad of a linear network is its gradient, and VarGrad is zero', async () => {
    const mean = await smoothGrad(simpleContext('linear'), simpleImage);
    expect(relativeError(mean.attribution, float32(simple.weightsOf(1)))).toBeLessThan(1e-6);
    const variance = await varGrad(simpleContext('linear'), simpleImage);
    expect(greatestMagnitude(variance.attribution)).toBe(0);
  });

  it('VarGrad of Σ w x²/2 is w² σ², and SmoothGrad w x, up to the noise of the noise', async () => {
    const [samples, noise] = [800, 0.2];
    const pixels = floatsOf(simpleImage);
    const sigma = noise * (Math.max(...pixels) - Math.min(...pixels));
    const found = await varGrad(simpleContext('quadratic'), simpleImage, { samples, noise });
    expect(factOf(found, 'standard deviation of the noise')).toBeCloseTo(sigma, 6);
    const ratios = floatsOf(found.attribution).map(
      (value, at) => value / ((simple.weightsOf(1)[at] ?? 0) * sigma) ** 2,
    );
    // A variance of n samples has a relative error of √(2/(n − 1)); the mean of 90 independent ones, 0.5 %.
    const mean = ratios.reduce((left, right) => left + right, 0) / ratios.length;
    expect(Math.abs(mean - 1)).toBeLessThan(0.02);
    expect(Math.max(...ratios.map((ratio) => Math.abs(ratio - 1)))).toBeLessThan(0.25);
    const smooth = await smoothGrad(simpleContext('quadratic'), simpleImage, { samples, noise });
    floatsOf(smooth.attribution).forEach((value, at) => {
      const weight = simple.weightsOf(1)[at] ?? 0;
      const error = (value - weight * (pixels[at] ?? 0)) / ((weight * sigma) / Math.sqrt(samples));
      expect(Math.abs(error)).toBeLessThan(5);
    });
  });

  it('VarGrad is the variance of what SmoothGrad averages: both draw the same noise', async () => {
    const context = simpleContext('quadratic');
    const [two, variance] = [
      { samples: 2, noise: 0.3 },
      await varGrad(simpleContext('quadratic'), simpleImage, { samples: 2, noise: 0.3 }),
    ];
    const [mean, first] = [
      await smoothGrad(context, simpleImage, two),
      await smoothGrad(context, simpleImage, { samples: 1, noise: 0.3 }),
    ];
    // With two samples a and b: (a − b)²/2 = 2 (a − mean)².
    const wanted = floatsOf(first.attribution).map(
      (value, at) => 2 * (value - (floatsOf(mean.attribution)[at] ?? 0)) ** 2,
    );
    expect(relativeError(variance.attribution, float32(wanted))).toBeLessThan(1e-5);
  });
});

describe('a run', () => {
  it('is repeated by its seed, and another by another', async () => {
    const of = async (seed: number) => (await smoothGrad(contextOf({ seed }), smallImage)).attribution;
    const [first, again, other] = [await of(3), await of(3), await of(4)];
    expect(again).toEqual(first);
    expect(relativeError(other, first)).toBeGreaterThan(0.01);
  });

  it.each(['smoothGrad', 'varGrad'])('%s agrees with itself whatever batches fit into memory', async (id) => {
    const [roomy, tight] = [
      await asker(id)(contextOf(), smallImage),
      await asker(id)(contextOf({ memoryBytes: 1 }), smallImage),
    ];
    expect(relativeError(tight.attribution, roomy.attribution)).toBeLessThan(1e-5);
  });

  it('compiles one program for all samples and images, and runs a rest in the same', async () => {
    class Counting extends Runtime {
      compiled = 0;

      override async compile(graph: Graph): Promise<Program> {
        this.compiled++;
        return super.compile(graph);
      }
    }
    const counting = new Counting({ threads: 1 });
    const context = contextOf({ runtime: counting });
    await smoothGrad(context, smallImage, { samples: 23 });
    await smoothGrad(context, noiseImage(small.height, small.width, 9), { samples: 23 }, logitOf(3));
    expect(counting.compiled).toBe(1);
    await counting.dispose();
  });

  it('shows how far it is, and stops where somebody cancels', async () => {
    const controller = new AbortController();
    const run = attribute(
      contextOf({ signal: controller.signal }),
      { id: 'varGrad', params: {} },
      smallImage,
      logitOf(0),
    );
    expect((await run.next()).value).toMatchObject({ done: 0, total: 25 });
    expect((await run.next()).value).toMatchObject({ done: 5, total: 25 });
    controller.abort();
    await expect(run.next()).rejects.toThrow('Cancelled.');
  });

  it.each(['smoothGrad', 'varGrad'])('refuses to wrap %s', async (of) => {
    await expect(smoothGrad(contextOf(), smallImage, { of })).rejects.toThrow(
      'which makes noisy copies itself',
    );
    await expect(varGrad(contextOf(), smallImage, { of })).rejects.toThrow('which makes noisy copies itself');
  });

  it('refuses a method that does not exist, and a variance of one sample', async () => {
    await expect(smoothGrad(contextOf(), smallImage, { of: 'gradCan' })).rejects.toThrow(
      'Did you mean "gradCam"',
    );
    await expect(varGrad(contextOf(), smallImage, { samples: 1 })).rejects.toThrow('at least 2 samples');
  });
});
