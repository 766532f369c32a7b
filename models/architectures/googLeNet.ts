import { z } from 'zod';
import { chain, concat, initialized, named, numbered, sequential } from '../../core/nn/layers/composition.ts';
import { dropout, flatten, linear } from '../../core/nn/layers/linear.ts';
import { globalAveragePool, maxPool } from '../../core/nn/layers/pooling.ts';
import type { Layer } from '../../core/nn/networkBuilder.ts';
import { defineArchitecture } from './define.ts';
import { basicConv, cutNormal } from './shared/basicConv.ts';
import { dropoutParam, imageNetParams, squareInput } from './shared/params.ts';

/** A row of table 1: maps of the four branches 1×1; reduced, 3×3; reduced, "5×5"; pooled. */
type Maps = readonly [
  one: number,
  reduced3: number,
  three: number,
  reduced5: number,
  five: number,
  pooled: number,
];

function inception([one, reduced3, three, reduced5, five, pooled]: Maps): Layer {
  return concat(
    named('branch1', basicConv(one, 1)),
    named('branch2', numbered(basicConv(reduced3, 1), basicConv(three, 3, { padding: 1 }))),
    named('branch3', numbered(basicConv(reduced5, 1), basicConv(five, 3, { padding: 1 }))),
    named('branch4', numbered(maxPool(3, { stride: 1, padding: 1, ceil: true }), basicConv(pooled, 1))),
  );
}

const pool = (size: number): Layer => maxPool(size, { stride: 2, ceil: true });

export const googLeNet = defineArchitecture({
  id: 'googLeNet',
  title: 'GoogLeNet',
  citation:
    'Szegedy et al. 2015, "Going deeper with convolutions", table 1; batch norm: Ioffe and Szegedy 2015',
  naming: 'torchvision',
  notes: [
    'Without the auxiliary classifiers (aux1, aux2); a state dictionary may hold them.',
    'As in torchvision the 5×5 convolutions are 3×3, and its ImageNet weights expect pixels with mean 0.5 and deviation 0.5.',
  ],
  params: z.object({ ...imageNetParams(), dropout: dropoutParam(0.2) }),
  input: squareInput,
  build: ({ classes, dropout: probability }) => {
    const network = chain(
      sequential([
        ['conv1', basicConv(64, 7, { stride: 2, padding: 3 })],
        ['maxpool1', pool(3)],
        ['conv2', basicConv(64, 1)],
        ['conv3', basicConv(192, 3, { padding: 1 })],
        ['maxpool2', pool(3)],
        ['inception3a', inception([64, 96, 128, 16, 32, 32])],
        ['inception3b', inception([128, 128, 192, 32, 96, 64])],
        ['maxpool3', pool(3)],
        ['inception4a', inception([192, 96, 208, 16, 48, 64])],
        ['inception4b', inception([160, 112, 224, 24, 64, 64])],
        ['inception4c', inception([128, 128, 256, 24, 64, 64])],
        ['inception4d', inception([112, 144, 288, 32, 64, 64])],
        ['inception4e', inception([256, 160, 320, 32, 128, 128])],
        ['maxpool4', pool(2)],
        ['inception5a', inception([256, 160, 320, 32, 128, 128])],
        ['inception5b', inception([384, 192, 384, 48, 128, 128])],
        ['avgpool', globalAveragePool],
      ]),
      flatten,
      sequential([
        ['dropout', dropout(probability)],
        ['fc', linear(classes)],
      ]),
    );
    return (net, x) => {
      net.omit('aux1');
      net.omit('aux2');
      return initialized(cutNormal(0.01), network)(net, x);
    };
  },
});
