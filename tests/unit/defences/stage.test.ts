import { describe, expect, it } from 'vitest';
import { backward } from '../../../core/autodiff/backward.ts';
import { floatsOf, float32 } from '../../../core/base/tensor.ts';
import { withDefences } from '../../../core/defences/stage.ts';
import { verifyGraph } from '../../../core/graph/verify.ts';
import { embedNetwork } from '../../../core/model/embed.ts';
import { listLayers } from '../../../core/model/layers.ts';
import { networkOf } from '../../../core/model/model.ts';
import { type Network, imageInput } from '../../../core/model/network.ts';
import { newBuilder } from '../../../core/ops/registry.ts';
import { outputOf } from '../../../core/runtime/program.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';
import { modelInMemory } from '../../conformance/modelInMemory.ts';
import { convNet, convNetCard } from '../../reference/convNet.ts';
import { throughStage, throughStages } from './throughStage.ts';

const dims = [1, 1, 2, 3] as const;
const image = float32([0, 0.2, 0.4, 0.6, 0.8, 1], dims);

/** A network that rounds, as quantised networks do: z = round(10x) and z² as a second layer. */
function roundingNetwork(): Network {
  const b = newBuilder();
  b.input(imageInput, { type: 'float32', shape: dims });
  const scaled = b.add('Mul', [imageInput, b.scalar(10)], {}, { name: 'defence/bitDepth/of/the/model' });
  const rounded = b.add('Round', [scaled], {}, { name: 'round' });
  const rows = b.add('Reshape', [b.add('Add', [rounded, scaled]), b.axes([1, 6])], {}, { name: 'logits' });
  return { graph: b.build([rows]), image: imageInput, logits: rows, classes: 6, activation: 'Softmax' };
}

async function gradientOf(network: Network): Promise<number[]> {
  const b = newBuilder(network.graph);
  const [gradient = ''] = backward(b, {
    of: network.logits,
    wrt: [network.image],
    composite: network.rules ?? [],
  });
  const runtime = new Runtime({ threads: 1 });
  try {
    const result = await (await runtime.compile(b.build([gradient]))).run({ [imageInput]: image });
    return [...floatsOf(outputOf(result, gradient))];
  } finally {
    await runtime.dispose();
  }
}

describe('a network behind defences', () => {
  it('is the network itself where there are none', () => {
    const network = roundingNetwork();
    expect(withDefences(network, [])).toBe(network);
  });

  it('has the layers that it has without them', () => {
    const network = networkOf(modelInMemory(convNet(), convNetCard));
    const defended = withDefences(network, [{ id: 'jpeg', params: {} }]);
    const names = (of: Network) => listLayers(of).map(({ name }) => name);
    expect(names(defended)).toEqual(['early', 'late']);
    expect(names(defended)).toEqual(names(network));
  });

  it('keeps its names and its interface, and its graph is legal', () => {
    const network = roundingNetwork();
    const defended = withDefences(network, [
      { id: 'median', params: {} },
      { id: 'jpeg', params: { quality: 20 } },
    ]);
    verifyGraph(defended.graph);
    expect([defended.image, defended.logits, defended.graph.outputs]).toEqual([
      imageInput,
      'logits',
      ['logits'],
    ]);
    expect(defended.graph.inputs).toEqual(network.graph.inputs);
    const names = defended.graph.nodes.map(({ name }) => name);
    expect(names.slice(-4)).toEqual(network.graph.nodes.map(({ name }) => name));
    const stages = names.slice(0, -4);
    expect(stages.length).toBeGreaterThan(20);
    expect(stages.filter((name) => !/^defence\/(median|jpeg)\//.test(name))).toEqual([]);
  });

  it('sees the picture through the stages in their order', async () => {
    const stages = [
      { id: 'totalVariation', params: { weight: 0.1 } },
      { id: 'bitDepth', params: { bits: 2 } },
    ];
    const smooth = await throughStage('totalVariation', { weight: 0.1 }, image);
    const wanted = await throughStage('bitDepth', { bits: 2 }, float32(smooth.image, dims));
    expect((await throughStages(stages, image)).image).toEqual(wanted.image);
    expect((await throughStages(stages.toReversed(), image)).image).not.toEqual(wanted.image);
  });
});

describe('a gradient through defences', () => {
  it('passes straight through rounding in the stage only: rounding in the network keeps its derivative', async () => {
    const network = roundingNetwork();
    const [plain, defended] = [
      await gradientOf(network),
      await gradientOf(withDefences(network, [{ id: 'bitDepth', params: {} }])),
    ];
    expect(plain).toEqual([10, 10, 10, 10, 10, 10]);
    defended.forEach((value) => expect(value).toBeCloseTo(10, 5));
  });

  it('keeps the backward passes of two stages of one kind apart', async () => {
    const stage = (backward: string) => ({ id: 'bitDepth', params: { backward } });
    const network = roundingNetwork();
    const mixed = await gradientOf(withDefences(network, [stage('straightThrough'), stage('exact')]));
    expect(mixed).toEqual([0, 0, 0, 0, 0, 0]);
    const both = await gradientOf(withDefences(network, [stage('identity'), stage('straightThrough')]));
    both.forEach((value) => expect(value).toBeCloseTo(10, 5));
    const scopes = withDefences(network, [stage('exact'), stage('exact')]).graph.nodes.map(
      ({ name }) => name.split('/')[1],
    );
    expect(new Set(scopes)).toEqual(new Set(['bitDepth.2', 'bitDepth.3', 'bitDepth', undefined]));
  });
});

describe('a network behind defences, as a network,', () => {
  it('can be put behind other stages, and twice into one graph, and keeps its rules', async () => {
    const network = roundingNetwork();
    const inner = withDefences(network, [{ id: 'bitDepth', params: { bits: 3 } }]);
    const outer = withDefences(inner, [{ id: 'bitDepth', params: { bits: 5 } }]);
    const once = withDefences(network, [
      { id: 'bitDepth', params: { bits: 5 } },
      { id: 'bitDepth', params: { bits: 3 } },
    ]);
    expect(outer.rules).toHaveLength(2);
    expect(await gradientOf(outer)).toEqual(await gradientOf(once));
    const b = newBuilder();
    b.input(imageInput, { type: 'float32', shape: dims });
    const [left, right] = [embedNetwork(b, inner, imageInput), embedNetwork(b, inner, imageInput)];
    const sum = b.add('Add', [left.logits, right.logits]);
    const [gradient = ''] = backward(b, { of: sum, wrt: [imageInput], composite: inner.rules ?? [] });
    const runtime = new Runtime({ threads: 1 });
    try {
      const result = await (await runtime.compile(b.build([gradient]))).run({ [imageInput]: image });
      for (const value of floatsOf(outputOf(result, gradient))) expect(value).toBeCloseTo(20, 4);
    } finally {
      await runtime.dispose();
    }
  });

  it('refuses an unknown stage and a wrong parameter in a sentence', () => {
    const network = roundingNetwork();
    expect(() => withDefences(network, [{ id: 'jpg', params: {} }])).toThrow(
      'There is no defence "jpg". Did you mean "jpeg"?',
    );
    expect(() => withDefences(network, [{ id: 'median', params: { size: 4 } }])).toThrow(
      'The parameter size of median is not valid: Expected 3 or 5',
    );
  });
});
