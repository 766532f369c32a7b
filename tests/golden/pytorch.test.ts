import { afterAll, describe, expect, it } from 'vitest';
import { attribute } from '../../core/attribution/attribute.ts';
import { emitExplanations, type MethodRequest } from '../../core/attribution/emit.ts';
import { floatsOf, type Tensor } from '../../core/base/tensor.ts';
import { decodeOnnx } from '../../core/graph/onnx/decode.ts';
import { batchOf } from '../../core/method/batches.ts';
import { MethodContext, drain } from '../../core/method/context.ts';
import { buildNetwork, type Network } from '../../core/model/network.ts';
import type { InputCard } from '../../core/protocol/card.ts';
import type { Target } from '../../core/protocol/target.ts';
import { outputOf } from '../../core/runtime/program.ts';
import { Runtime } from '../../core/runtime/runtime.ts';
import { modelInMemory } from '../conformance/modelInMemory.ts';
import { loadGolden } from './loadGraph.ts';
import { type Golden, goldenIndex, goldenNames, goldenNumbers, relativeError } from './numbers.ts';

// No two tests share a program: none is kept.
const runtime = new Runtime({ cacheBytes: 0 });
afterAll(() => runtime.dispose());

/** The golden inputs are what the network itself is given: nothing is done to them. */
function cardOf({ input }: Golden): InputCard {
  const [, channels, height = 1, width = 1] = input.dims;
  const grey = channels === 1;
  return {
    width,
    height,
    channels: grey ? 1 : 3,
    colourOrder: grey ? 'grey' : 'RGB',
    layout: 'NCHW',
    resize: { mode: 'none' },
    range: [0, 1],
    mean: grey ? [0] : [0, 0, 0],
    std: grey ? [1] : [1, 1, 1],
  };
}

function networksOf(golden: Golden): (batch: number) => Network {
  const graph = decodeOnnx(loadGolden(golden.name), { name: golden.name });
  return (batch) => buildNetwork(graph, cardOf(golden), batch);
}

const targetOf = ({ target }: Golden): Target => ({ kind: 'class', class: target, of: 'logit' });

/** The logits and one attribution for each request, all from one program. */
async function explain(golden: Golden, requests: readonly MethodRequest[]): Promise<Tensor[]> {
  const networkAt = networksOf(golden);
  const network = networkAt(golden.input.dims[0] ?? 1);
  const { graph, logits, methods } = emitExplanations(network, requests, targetOf(golden), { networkAt });
  const outputs = [logits, ...methods.map(({ attribution }) => attribution)];
  const program = await runtime.compile({ ...graph, outputs });
  const result = await program.run({ [network.image]: golden.input });
  return outputs.map((name) => outputOf(result, name));
}

function arrayOf(golden: Golden, key: string): Tensor {
  const array = golden.arrays.get(key);
  if (array === undefined) throw new Error(`${golden.name} has no numbers for ${key}`);
  return array;
}

const withGradient = goldenNames.filter(
  (name) => goldenIndex.nets[name]?.torchAgreement?.['gradient'] !== undefined,
);

describe('Loupe and PyTorch agree', () => {
  it.each(withGradient)('on the logits and the input gradient of %s', async (name) => {
    const golden = goldenNumbers(name);
    const [logits, gradient] = await explain(golden, [{ id: 'gradient', params: {} }]);
    expect(relativeError(logits ?? new Float32Array(), arrayOf(golden, 'logits'))).toBeLessThan(1e-5);
    expect(relativeError(gradient ?? new Float32Array(), arrayOf(golden, 'gradient'))).toBeLessThan(1e-4);
  });
});

const requestsAt = (layer: string): readonly [key: string, request: MethodRequest][] => [
  ['gradient', { id: 'gradient', params: {} }],
  ['inputXGradient', { id: 'inputXGradient', params: {} }],
  ['guidedBackprop', { id: 'guidedBackprop', params: {} }],
  ['deconvnet', { id: 'deconvnet', params: {} }],
  ['gradCam', { id: 'gradCam', params: { layer } }],
  ['guidedGradCam', { id: 'guidedGradCam', params: { layer } }],
  ['cam', { id: 'cam', params: {} }],
  ['gradCamPlusPlus', { id: 'gradCamPlusPlus', params: { layer } }],
  ['layerCam', { id: 'layerCam', params: { layer } }],
  ['integratedGradients', { id: 'integratedGradients', params: { steps: 50, quadrature: 'gaussLegendre' } }],
];

const withMethods = goldenNames.filter((name) => goldenNumbers(name).arrays.has('guidedBackprop'));

describe('the methods agree with naive PyTorch', () => {
  it.each(withMethods)('all of them, in one program, on %s', async (name) => {
    const golden = goldenNumbers(name);
    const wanted = requestsAt(golden.layer ?? '').filter(([key]) => golden.arrays.has(key));
    const requests = wanted.map(([, request]) => request);
    const [, ...attributions] = await explain(golden, requests);
    const errors = wanted.map(([key], index) => {
      return [key, relativeError(attributions[index] ?? new Float32Array(), arrayOf(golden, key))] as const;
    });
    expect(errors.filter(([, error]) => !(error < 1e-5))).toEqual([]);
  });

  it.each(withMethods)('Grad-CAM before its ReLU on %s', async (name) => {
    const golden = goldenNumbers(name);
    const params = { layer: golden.layer, relu: false };
    const [, map] = await explain(golden, [{ id: 'gradCam', params }]);
    expect(relativeError(map ?? new Float32Array(), arrayOf(golden, 'gradCamRaw'))).toBeLessThan(1e-5);
  });

  it.each(withMethods)('integrated gradients as a loop, one image after another, on %s', async (name) => {
    const golden = goldenNumbers(name);
    const graph = decodeOnnx(loadGolden(name), { name });
    const context = new MethodContext({ model: modelInMemory(graph, cardOf(golden), name), runtime });
    const request = { id: 'integratedGradients', params: { steps: 50 } };
    const found = new Float32Array(golden.input.data.length);
    for (const [index] of goldenIndex.nets[name]?.inputSeeds?.entries() ?? []) {
      const image = batchOf(golden.input, index, 1);
      const { attribution } = await drain(attribute(context, request, image, targetOf(golden)));
      found.set(floatsOf(attribution), index * image.data.length);
    }
    expect(relativeError(found, arrayOf(golden, 'integratedGradients'))).toBeLessThan(1e-5);
  });

  it('CAM is Grad-CAM times the number of positions where a global pool and one linear layer follow', () => {
    const golden = goldenNumbers('globalPool');
    const [cam, gradCam] = [arrayOf(golden, 'cam'), arrayOf(golden, 'gradCamRaw')];
    const [, height = 1, width = 1] = gradCam.dims;
    const scaled = floatsOf(gradCam).map((value) => value * height * width);
    expect(relativeError(scaled, cam)).toBeLessThan(1e-6);
  });
});
