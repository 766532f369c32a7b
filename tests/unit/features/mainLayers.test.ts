import { describe, expect, it } from 'vitest';
import { float32 } from '../../../core/base/tensor.ts';
import { mainLayers } from '../../../core/features/shared/mainLayers.ts';
import { autoStyleLayers } from '../../../core/features/shared/styleLayers.ts';
import type { GraphBuilder } from '../../../core/graph/builder.ts';
import { int, ints } from '../../../core/graph/ir.ts';
import { networkOf } from '../../../core/model/model.ts';
import type { Network } from '../../../core/model/network.ts';
import { newBuilder } from '../../../core/ops/registry.ts';
import { modelInMemory } from '../../conformance/modelInMemory.ts';
import { rawInput, simpleNet } from '../../conformance/simpleNets.ts';
import { rawCard } from '../../rawCard.ts';

/** A network of three classes whose feature maps `body` emits. */
function netOf(body: (b: GraphBuilder, image: string) => string): Network {
  const b = newBuilder();
  b.input('input', { type: 'float32', shape: [1, 3, 32, 32] });
  const means = b.add('Flatten', [b.add('GlobalAveragePool', [body(b, 'input')])], { axis: int(1) });
  const channels = b.shapeOf(means)[1] ?? 1;
  const classes = b.constant(float32(new Float32Array(channels * 3), [channels, 3]));
  const graph = b.build([b.add('Gemm', [means, classes], {}, { name: 'logits' })]);
  return networkOf(modelInMemory(graph, rawCard(32)));
}

/** A 3x3 convolution of `channels` filters, without a rectifier. */
function convolved(b: GraphBuilder, x: string, channels: number): string {
  const dims = [channels, b.shapeOf(x)[1] ?? 1, 3, 3];
  const weights = float32(new Float32Array(dims.reduce((product, length) => product * length, 1)), dims);
  return b.add('Conv', [x, b.constant(weights)], { pads: ints([1, 1, 1, 1]) });
}

const rectified = (b: GraphBuilder, x: string, channels: number, name: string): string =>
  b.add('Relu', [convolved(b, x, channels)], {}, { name });

const halved = (b: GraphBuilder, x: string): string =>
  b.add('MaxPool', [x], { kernel_shape: ints([2, 2]), strides: ints([2, 2]) });

/** So many convolutions a resolution, as in VGG: relu1_1, relu1_2, a pooling, relu2_1 … */
const stacked = (...counts: number[]): Network =>
  netOf((b, image) =>
    counts.reduce((below, count, stage) => {
      const entry = stage === 0 ? below : halved(b, below);
      return Array.from({ length: count }).reduce<string>(
        (x, _, index) => rectified(b, x, 4, `relu${stage + 1}_${index + 1}`),
        entry,
      );
    }, image),
  );

const namesOf = (network: Network): string[] => mainLayers(network).map(({ name }) => name);

describe('main layers', () => {
  it('are every rectified map of a chain, without its poolings', () => {
    expect(namesOf(stacked(2, 1, 2))).toEqual(['relu1_1', 'relu1_2', 'relu2_1', 'relu3_1', 'relu3_2']);
  });

  it('are the ends of blocks, not what lies within their branches', () => {
    const network = netOf((b, image) => {
      const stem = rectified(b, image, 4, 'stem');
      const branch = convolved(b, rectified(b, stem, 4, 'inside'), 4);
      const block = b.add('Relu', [b.add('Add', [stem, branch])], {}, { name: 'block' });
      const sides = ['left', 'right'].map((name) => rectified(b, block, 2, name));
      return b.add('Concat', sides, { axis: int(1) }, { name: 'fire' });
    });
    expect(namesOf(network)).toEqual(['stem', 'block', 'fire']);
  });

  it('are at least half as wide as the widest of their resolution, and no maps of class scores', () => {
    const network = netOf((b, image) => {
      const widths = { wide: 16, half: 8, bottleneck: 7, again: 16 };
      const wide = Object.entries(widths).reduce((x, [name, width]) => rectified(b, x, width, name), image);
      return rectified(b, wide, 3, 'scores');
    });
    expect(namesOf(network)).toEqual(['wide', 'half', 'again']);
  });
});

describe('the layers of a style transfer where nobody says', () => {
  it('are relu1_1 to relu5_1 and relu4_2 in VGG, whatever its depth', () => {
    for (const network of [stacked(2, 2, 3, 3, 3), stacked(2, 2, 4, 4, 4)]) {
      expect(autoStyleLayers(network)).toEqual({
        content: ['relu4_2'],
        style: ['relu1_1', 'relu2_1', 'relu3_1', 'relu4_1', 'relu5_1'],
      });
    }
  });

  it('are the second maps too where there are fewer resolutions than five', () => {
    expect(autoStyleLayers(stacked(2, 2, 4))).toEqual({
      content: ['relu2_2'],
      style: ['relu1_1', 'relu1_2', 'relu2_1', 'relu2_2', 'relu3_1'],
    });
    expect(autoStyleLayers(stacked(1, 1))).toEqual({ content: ['relu1_1'], style: ['relu1_1', 'relu2_1'] });
  });

  it('are the last feature map of a network without any of these', () => {
    const network = networkOf(modelInMemory(simpleNet('linear'), rawInput));
    expect(autoStyleLayers(network)).toEqual({ content: ['auto'], style: ['auto'] });
  });
});
