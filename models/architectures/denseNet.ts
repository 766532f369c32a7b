import { z } from 'zod';
import { kaiming, zeros } from '../../core/nn/initializers.ts';
import { relu } from '../../core/nn/layers/activation.ts';
import { chain, concat, identity, initialized, named, sequential } from '../../core/nn/layers/composition.ts';
import { conv } from '../../core/nn/layers/convolution.ts';
import { flatten, linear } from '../../core/nn/layers/linear.ts';
import { batchNorm } from '../../core/nn/layers/normalization.ts';
import { averagePool, globalAveragePool, maxPool } from '../../core/nn/layers/pooling.ts';
import type { Layer } from '../../core/nn/networkBuilder.ts';
import { defineArchitecture } from './define.ts';
import { imageNetParams, squareInput } from './shared/params.ts';

/** Maps that each layer adds (k). */
const growth = 32;

/** DenseNet-B: 1×1 to 4k maps, then 3×3 to k maps, which are put behind those that came in. */
const denseLayer: Layer = concat(
  identity,
  sequential([
    ['norm1', batchNorm()],
    ['relu1', relu],
    ['conv1', conv(4 * growth, 1, { bias: false })],
    ['norm2', batchNorm()],
    ['relu2', relu],
    ['conv2', conv(growth, 3, { padding: 1, bias: false })],
  ]),
);

const denseBlock = (layers: number): Layer =>
  sequential(Array.from({ length: layers }, (_, index) => [`denselayer${index + 1}`, denseLayer]));

/** DenseNet-C: half the maps, half the size. */
const transition: Layer = (net, x) => {
  const [, channels = 1] = net.shapeOf(x);
  const layers = sequential([
    ['norm', batchNorm()],
    ['relu', relu],
    ['conv', conv(Math.floor(channels / 2), 1, { bias: false })],
    ['pool', averagePool(2)],
  ]);
  return layers(net, x);
};

export const denseNet121 = defineArchitecture({
  id: 'denseNet121',
  title: 'DenseNet-121',
  citation: 'Huang et al. 2017, "Densely connected convolutional networks", table 1',
  naming: 'torchvision',
  params: z.object(imageNetParams()),
  input: squareInput,
  build: ({ classes }) => {
    const features = sequential([
      ['conv0', conv(64, 7, { stride: 2, padding: 3, bias: false })],
      ['norm0', batchNorm()],
      ['relu0', relu],
      ['pool0', maxPool(3, { stride: 2, padding: 1 })],
      ['denseblock1', denseBlock(6)],
      ['transition1', transition],
      ['denseblock2', denseBlock(12)],
      ['transition2', transition],
      ['denseblock3', denseBlock(24)],
      ['transition3', transition],
      ['denseblock4', denseBlock(16)],
      ['norm5', batchNorm()],
    ]);
    return initialized(
      { convolution: kaiming(), bias: zeros },
      chain(
        named('features', features),
        sequential([
          ['relu', relu],
          ['avgpool', globalAveragePool],
        ]),
        flatten,
        named('classifier', linear(classes)),
      ),
    );
  },
});
