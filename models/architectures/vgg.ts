import { z } from 'zod';
import { flag } from '../../core/method/params.ts';
import { normal, zeros } from '../../core/nn/initializers.ts';
import { relu } from '../../core/nn/layers/activation.ts';
import { chain, initialized, named, numbered } from '../../core/nn/layers/composition.ts';
import { conv } from '../../core/nn/layers/convolution.ts';
import { dropout, flatten, linear } from '../../core/nn/layers/linear.ts';
import { batchNorm } from '../../core/nn/layers/normalization.ts';
import { adaptiveAveragePool, maxPool } from '../../core/nn/layers/pooling.ts';
import type { Layer } from '../../core/nn/networkBuilder.ts';
import { type Architecture, defineArchitecture } from './define.ts';
import { pooledParam, wideParam } from './shared/classifier.ts';
import { fanOutConvolutions } from './shared/initializations.ts';
import { dropoutParam, imageNetParams, squareInput } from './shared/params.ts';

/** Maps of the convolutions of each of the five stages, which all end in a max-pooling. */
const channels = [64, 128, 256, 512, 512];

/** Simonyan and Zisserman's table 1: how many 3×3 convolutions each stage has. */
function vgg(letter: string, convolutions: readonly number[]): Architecture {
  const depth = convolutions.reduce((sum, count) => sum + count, 3);
  return defineArchitecture({
    id: `vgg${depth}`,
    title: `VGG-${depth}`,
    citation: `Simonyan and Zisserman 2015, table 1, column ${letter}`,
    naming: 'torchvision',
    params: z.object({
      ...imageNetParams(),
      batchNorm: flag(false, 'Batch norm', 'batch normalization behind each convolution (vgg…_bn)'),
      hidden: wideParam(),
      pooled: pooledParam(7),
      dropout: dropoutParam(0.5),
    }),
    input: squareInput,
    build: ({ classes, batchNorm: normalized, hidden, pooled, dropout: probability }) => {
      const convolution = (maps: number): Layer[] => [
        conv(maps, 3, { padding: 1 }),
        ...(normalized ? [batchNorm()] : []),
        relu,
      ];
      const stages = convolutions.flatMap((count, stage) => [
        ...Array.from({ length: count }, () => convolution(channels[stage] ?? 512)).flat(),
        maxPool(2),
      ]);
      const hiddenLayer = [linear(hidden), relu, dropout(probability)];
      const network = chain(
        named('features', numbered(...stages)),
        named('avgpool', adaptiveAveragePool(pooled)),
        flatten,
        named('classifier', numbered(...hiddenLayer, ...hiddenLayer, linear(classes))),
      );
      return initialized({ ...fanOutConvolutions, linear: normal(0.01), bias: zeros }, network);
    },
  });
}

export const vgg11 = vgg('A', [1, 1, 2, 2, 2]);
export const vgg13 = vgg('B', [2, 2, 2, 2, 2]);
export const vgg16 = vgg('D', [2, 2, 3, 3, 3]);
export const vgg19 = vgg('E', [2, 2, 4, 4, 4]);
