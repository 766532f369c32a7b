import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { attribute, attributionRun } from '../../core/attribution/attribute.ts';
import { emitExplanations } from '../../core/attribution/emit.ts';
import { quadratureNames } from '../../core/base/quadrature.ts';
import { float32, floatsOf } from '../../core/base/tensor.ts';
import { withDefences } from '../../core/defences/stage.ts';
import { defenceOf } from '../../core/defences/registry.ts';
import { fitPicture } from '../../core/data/fit.ts';
import { readImage } from '../../core/data/image.ts';
import { MethodContext, type MethodContextOptions } from '../../core/method/context.ts';
import { requestOf } from '../../core/method/define.ts';
import { openModel } from '../../core/model/model.ts';
import { imageInput } from '../../core/model/network.ts';
import type { Target } from '../../core/protocol/target.ts';
import { outputOf } from '../../core/runtime/program.ts';
import { Runtime } from '../../core/runtime/runtime.ts';
import { relativeError } from '../golden/numbers.ts';
import { modelInMemory } from './modelInMemory.ts';
import * as small from '../reference/smallNet.ts';
import { sharedFile } from '../shared.ts';
import { asker, factOf, greatestMagnitude, logitOf, noiseImage } from './attributionQuestions.ts';
import * as simple from './simpleNets.ts';

const runtime = new Runtime({ threads: 1 });
afterAll(() => runtime.dispose());

const ask = asker('integratedGradients');

describe('on a linear network', () => {
  const context = new MethodContext({
    model: modelInMemory(simple.simpleNet('linear'), simple.rawInput),
    runtime,
  });
  const image = noiseImage(simple.height, simple.width);

  it.each(quadratureNames)(
    '%s gives (x − x′) ⊙ w: input × gradient from a grey baseline',
    async (quadrature) => {
      const found = await ask(context, image, { quadrature, baseline: 'grey', steps: 7 });
      const wanted = floatsOf(image).map((value, at) => (value - 0.5) * (simple.weightsOf(1)[at] ?? 0));
      expect(relativeError(found.attribution, float32(wanted))).toBeLessThan(1e-5);
      const change = wanted.reduce((left, right) => left + right, 0);
      expect(Math.abs(factOf(found, 'completeness delta') / change)).toBeLessThan(1e-5);
    },
  );

  it('a black baseline gives input × gradient', async () => {
    const [run] = [attributionRun(context, image, logitOf(2))];
    const [wanted] = await run.attribute({ id: 'inputXGradient', params: {} }, image);
    const found = await ask(context, image, {}, logitOf(2));
    expect(relativeError(found.attribution, wanted?.attribution ?? float32([]))).toBeLessThan(1e-5);
    expect(relativeError(found.map, wanted?.map ?? float32([]))).toBeLessThan(1e-5);
  });

  it('refuses a trapezoid rule of one step', async () => {
    await expect(ask(context, image, { quadrature: 'riemannTrapezoid', steps: 1 })).rejects.toThrow(
      'Expected at least 2 steps for the trapezoid rule, which takes both ends, but received 1.',
    );
  });
});

describe('on a quadratic network, whose gradient is linear along the path', () => {
  const context = new MethodContext({
    model: modelInMemory(simple.simpleNet('quadratic'), simple.rawInput),
    runtime,
  });
  const image = noiseImage(simple.height, simple.width);

  // Σ_k k/n² = (1 ∓ 1/n)/2 at the left and right ends; the others are exact for straight lines.
  it.each([
    ['gaussLegendre', 1, 1],
    ['riemannMiddle', 1, 1],
    ['riemannTrapezoid', 2, 1],
    ['riemannLeft', 8, 1 - 1 / 8],
    ['riemannRight', 8, 1 + 1 / 8],
  ] as const)('%s with %i steps gives %f of w x²/2', async (quadrature, steps, share) => {
    const found = await ask(context, image, { quadrature, steps });
    const wanted = floatsOf(image).map((x, at) => (share * x * x * (simple.weightsOf(1)[at] ?? 0)) / 2);
    expect(relativeError(found.attribution, float32(wanted))).toBeLessThan(1e-5);
    expect(factOf(found, 'completeness delta, relative')).toBeCloseTo(Math.abs(1 - share), 4);
  });
});

const contextOf = (options: Partial<MethodContextOptions> = {}) =>
  new MethodContext({ model: modelInMemory(small.smallNet(), small.card), runtime, ...options });
const smallImage = noiseImage(small.height, small.width);

/** The same as one graph of the batch. */
async function compiled(
  params: Readonly<Record<string, unknown>>,
  target: Target,
  context: MethodContext = contextOf(),
) {
  const request = { id: 'integratedGradients', params };
  const networkAt = (batch: number) => context.network(batch);
  const { graph, methods } = emitExplanations(context.network(2), [request], target, { networkAt });
  const program = await runtime.compile(graph);
  const both = new Float32Array(2 * smallImage.data.length);
  both.set(floatsOf(noiseImage(small.height, small.width, 6)));
  both.set(floatsOf(smallImage), smallImage.data.length);
  const result = await program.run({ [imageInput]: float32(both, [2, ...smallImage.dims.slice(1)]) });
  const [method] = methods;
  return [method?.attribution ?? '', method?.heat ?? ''].map((name) => {
    const values = floatsOf(outputOf(result, name));
    return values.subarray(values.length / 2);
  });
}

describe('on a small network', () => {
  const image = smallImage;

  it.each([
    [{ baseline: 'black' }, logitOf(1)],
    [{ baseline: 'white', channels: 'abs' }, logitOf(1)],
    [{ baseline: 'grey', quadrature: 'riemannTrapezoid' }, logitOf(2)],
    [
      { baseline: 'mean', quadrature: 'riemannMiddle' },
      { kind: 'difference', class: 1, against: 3 },
    ],
    [
      { baseline: 'blur', quadrature: 'riemannLeft' },
      { kind: 'class', class: 4, of: 'logProbability' },
    ],
    [
      { baseline: 'mean', steps: 9 },
      { kind: 'unit', layer: 'relu', channel: 2, row: 7, column: 2 },
    ],
    [{ baseline: 'blur' }, { kind: 'channel', layer: 'relu', channel: 2 }],
  ] satisfies [Readonly<Record<string, unknown>>, Target][])(
    'the loop and the compiled graph agree with %j on %j',
    async (params, target) => {
      const found = await ask(contextOf(), image, params, target);
      const [attribution, map] = await compiled(params, target);
      expect(relativeError(attribution ?? new Float32Array(), found.attribution)).toBeLessThan(1e-5);
      expect(relativeError(map ?? new Float32Array(), found.map)).toBeLessThan(1e-5);
      expect(greatestMagnitude(found.attribution)).toBeGreaterThan(0);
    },
  );

  it('also behind a defence, whose own backward rules hold on every copy of the network', async () => {
    const requests = [requestOf(defenceOf('bitDepth'), { bits: 3 })];
    const behind = () => contextOf({ stage: (network) => withDefences(network, requests) });
    const found = await ask(behind(), image, { baseline: 'mean' });
    const [attribution] = await compiled({ baseline: 'mean' }, logitOf(1), behind());
    expect(greatestMagnitude(found.attribution)).toBeGreaterThan(0.01);
    expect(relativeError(attribution ?? new Float32Array(), found.attribution)).toBeLessThan(1e-5);
  });

  it('the mean baseline has the score of the colour that preprocessing maps to zero, and is where IG is zero', async () => {
    const plane = small.height * small.width;
    const nothing = Float32Array.from(
      { length: 3 * plane },
      (_, at) => small.cardZero[Math.floor(at / plane)] ?? 0,
    );
    const found = await ask(contextOf(), image, { baseline: 'mean' });
    expect(factOf(found, 'S(baseline)')).toBeCloseTo(small.smallNetLogits(nothing)[1] ?? Number.NaN, 5);
    expect(factOf(found, 'S(image)')).toBeCloseTo(small.smallNetLogits(floatsOf(image))[1] ?? Number.NaN, 5);
    const of = await ask(contextOf(), float32(nothing, image.dims), { baseline: 'mean' });
    expect(greatestMagnitude(of.attribution)).toBeLessThan(1e-6);
  });
});

describe('on a small network, as a run', () => {
  const image = smallImage;

  it('a baseline of noise follows the seed, and no graph can have it', async () => {
    const noisy = async (seed: number) =>
      floatsOf((await ask(contextOf({ seed }), image, { baseline: 'noise' })).attribution);
    expect(await noisy(1)).toEqual(await noisy(1));
    expect(relativeError(await noisy(2), float32(await noisy(1)))).toBeGreaterThan(0.05);
    await expect(compiled({ baseline: 'noise' }, logitOf(1))).rejects.toThrow(
      'Choose another baseline to compile.',
    );
  });

  it('agrees with itself whatever batches fit into memory', async () => {
    const [roomy, tight] = [
      await ask(contextOf(), image, {}),
      await ask(contextOf({ memoryBytes: 1 }), image, {}),
    ];
    expect(relativeError(tight.attribution, roomy.attribution)).toBeLessThan(1e-5);
  });

  it('stops where somebody cancels, and shows what it has so far', async () => {
    const controller = new AbortController();
    const run = attribute(
      contextOf({ signal: controller.signal }),
      { id: 'integratedGradients', params: {} },
      image,
      logitOf(0),
    );
    expect((await run.next()).value).toMatchObject({ done: 0, total: 52 });
    expect((await run.next()).value).toMatchObject({ total: 52 });
    controller.abort();
    await expect(run.next()).rejects.toThrow('Cancelled.');
  });
});

describe('on SqueezeNet', () => {
  const model = sharedFile('models/squeezenet1_1.onnx');
  const folder = sharedFile('images/imagenet');

  it.skipIf(model === undefined || folder === undefined)(
    'fifty Gauss-Legendre steps are complete to 1 %, in the median of the first eight photographs',
    async () => {
      const context = new MethodContext({ model: await openModel(model ?? ''), runtime });
      const network = context.network(1);
      const forward = await context.runtime.compile({ ...network.graph, outputs: [network.logits] });
      const deltas: number[] = [];
      for (const name of readdirSync(folder ?? '')
        .sort()
        .slice(0, 8)) {
        const { values } = fitPicture(
          await readImage(join(folder ?? '', name)),
          context.model.card.input,
          name,
        );
        const logits = floatsOf(outputOf(await forward.run({ [imageInput]: values }), network.logits));
        const found = await ask(context, values, {}, logitOf(logits.indexOf(Math.max(...logits))));
        deltas.push(factOf(found, 'completeness delta, relative'));
      }
      deltas.sort((left, right) => left - right);
      expect(deltas).toHaveLength(8);
      expect(((deltas[3] ?? 1) + (deltas[4] ?? 1)) / 2).toBeLessThan(1e-2);
    },
    240_000,
  );
});
