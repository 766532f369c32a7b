import { describe, expect, it } from 'vitest';
import { emitExplanations } from '../../core/attribution/emit.ts';
import { tensor } from '../../core/base/tensor.ts';
import { freeNames } from '../../core/graph/freeNames.ts';
import { type Graph, int } from '../../core/graph/ir.ts';
import { buildNetwork } from '../../core/model/network.ts';
import { newBuilder } from '../../core/ops/registry.ts';
import type { InputCard } from '../../core/protocol/card.ts';
import { topClass } from '../../core/protocol/target.ts';

/** A network that calls its input, a feature map and its scores as it likes. */
function net(input: string, map: string, scores: string): Graph {
  const b = newBuilder();
  b.input(input, { type: 'float32', shape: [1, 3, 4, 4] });
  const weights = b.setConstant('weights', tensor('float32', new Float32Array(6).fill(0.5), [2, 3, 1, 1]));
  const node = (name: string, opType: string, inputs: string[], output: string) =>
    b.addNode({ name, opType, domain: '', inputs, outputs: [output], attributes: {} });
  node('conv', 'Conv', [input, weights], 'convolved');
  node('relu', 'Relu', ['convolved'], map);
  node('pool', 'GlobalAveragePool', [map], 'pooled');
  b.addNode({
    name: 'flatten',
    opType: 'Flatten',
    domain: '',
    inputs: ['pooled'],
    outputs: [scores],
    attributes: { axis: int(1) },
  });
  return { ...b.build([scores]), types: new Map() };
}

const card: InputCard = {
  width: 4,
  height: 4,
  channels: 3,
  colourOrder: 'RGB',
  layout: 'NCHW',
  resize: { mode: 'stretch' },
  range: [0, 1],
  mean: [0, 0, 0],
  std: [1, 1, 1],
};

describe('freeNames', () => {
  it('renames a value wherever it is used, and only that one', () => {
    const { graph, current } = freeNames(net('image', 'target', 'y'), ['image', 'target', 'absent']);
    expect(graph.inputs.map(({ name }) => name)).toEqual(['model/image']);
    expect(graph.nodes.map(({ inputs, outputs }) => [...inputs, ...outputs])).toEqual([
      ['model/image', 'weights', 'convolved'],
      ['convolved', 'model/target'],
      ['model/target', 'pooled'],
      ['pooled', 'y'],
    ]);
    expect(['image', 'target', 'absent', 'y'].map(current)).toEqual([
      'model/image',
      'model/target',
      'absent',
      'y',
    ]);
  });

  it('finds another name where the new one is taken too', () => {
    const { graph } = freeNames(net('image', 'model/image', 'y'), ['image']);
    expect(graph.inputs[0]?.name).toBe('model/model/image');
  });

  it('returns the same graph where nothing collides', () => {
    const graph = net('x', 'map', 'y');
    expect(freeNames(graph, ['image']).graph).toBe(graph);
  });
});

describe('an explanation', () => {
  it.each([
    ['x', 'map', 'y'],
    ['image', 'target', 'scores'],
    ['x', 'image', 'probabilities'],
    ['target', 'gradCam', 'gradCam.map'],
  ])('of a model with the values %s, %s and %s has the same inputs and outputs', (input, map, scores) => {
    const network = buildNetwork(net(input, map, scores), card, 1, scores);
    const request = { id: 'gradCam', params: { layer: 'auto', relu: true } };
    const { graph } = emitExplanations(network, [request], topClass, { classInput: true });
    expect(graph.inputs.map(({ name }) => name)).toEqual(['image', 'target']);
    expect(graph.outputs).toEqual(['scores', 'probabilities', 'gradCam', 'gradCam.map']);
  });
});
