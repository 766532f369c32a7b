import { afterAll, describe, expect, it } from 'vitest';
import { emitExplanations, type MethodRequest } from '../../core/attribution/emit.ts';
import { floatsOf, type Tensor } from '../../core/base/tensor.ts';
import { decodeOnnx } from '../../core/graph/onnx/decode.ts';
import { buildNetwork, type Network } from '../../core/model/network.ts';
import type { InputCard } from '../../core/protocol/card.ts';
import { outputOf } from '../../core/runtime/program.ts';
import { Runtime } from '../../core/runtime/runtime.ts';
import { loadGolden } from './loadGraph.ts';
import { type Golden, goldenIndex, goldenNames, goldenNumbers, relativeError } from './numbers.ts';

// No two tests share a program: none is kept.
const runtime = new Runtime({ cacheBytes: 0 });
afterAll(() => runtime.dispose());

/** The golden inputs are what the network itself is given: nothing is done to them. */
function networkOf({ name, input }: Golden): Network {
  const [batch = 1, channels, height = 1, width = 1] = input.dims;
  const grey = channels === 1;
  const card: InputCard = {
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
  return buildNetwork(decodeOnnx(loadGolden(name), { name }), card, batch);
}

/** The logits and one attribution for each request, all from one program. */
async function explain(golden: Golden, requests: readonly MethodRequest[]): Promise<Tensor[]> {
  const network = networkOf(golden);
  const { graph, logits, methods } = emitExplanations(network, requests, golden.target);
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

  it('CAM is Grad-CAM times the number of positions where a global pool and one linear layer follow', () => {
    const golden = goldenNumbers('globalPool');
    const [cam, gradCam] = [arrayOf(golden, 'cam'), arrayOf(golden, 'gradCamRaw')];
    const [, height = 1, width = 1] = gradCam.dims;
    const scaled = floatsOf(gradCam).map((value) => value * height * width);
    expect(relativeError(scaled, cam)).toBeLessThan(1e-6);
  });
});
