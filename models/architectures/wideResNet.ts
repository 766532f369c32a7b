import { z } from 'zod';
import { count } from '../../core/method/params.ts';
import { zeros } from '../../core/nn/initializers.ts';
import { relu } from '../../core/nn/layers/activation.ts';
import {
  chain,
  initialized,
  named,
  numbered,
  residual,
  sequential,
} from '../../core/nn/layers/composition.ts';
import { conv } from '../../core/nn/layers/convolution.ts';
import { dropout, flatten, linear } from '../../core/nn/layers/linear.ts';
import { batchNorm } from '../../core/nn/layers/normalization.ts';
import { globalAveragePool } from '../../core/nn/layers/pooling.ts';
import type { Layer } from '../../core/nn/networkBuilder.ts';
import { defineArchitecture } from './define.ts';
import { fanOutConvolutions } from './shared/initializations.ts';
import { dropoutParam, pictureParams, squareInput } from './shared/params.ts';

/** A pre-activation block; where the number of maps changes, the shortcut is a 1×1 convolution of the activated input. */
function block(maps: number, stride: number, probability: number): Layer {
  const activated = sequential([
    ['bn1', batchNorm()],
    ['relu1', relu],
  ]);
  const branch = sequential([
    ['conv1', conv(maps, 3, { stride, padding: 1, bias: false })],
    ['bn2', batchNorm()],
    ['relu2', relu],
    ['dropout', dropout(probability)],
    ['conv2', conv(maps, 3, { padding: 1, bias: false })],
  ]);
  const shortcut = named('convShortcut', conv(maps, 1, { stride, bias: false }));
  return (net, x) => {
    const [, channels] = net.shapeOf(x);
    return channels === maps
      ? residual(chain(activated, branch))(net, x)
      : residual(branch, shortcut)(net, activated(net, x));
  };
}

/** Zagoruyko and Komodakis 2016, table 1 with N = 4 and k = 10: 28 layers, ten times as wide. */
export const wideResNet28_10 = defineArchitecture({
  id: 'wideResNet28_10',
  title: 'Wide ResNet-28-10',
  citation: 'Zagoruyko and Komodakis 2016, "Wide residual networks", table 1',
  naming: 'xternalz',
  params: z.object({
    ...pictureParams({ classes: 10, channels: 3, size: 32 }),
    widening: count(10, 'Widening', 'how many times as wide as 16, 32 and 64 maps', 64),
    dropout: dropoutParam(0),
  }),
  input: squareInput,
  build: ({ classes, widening, dropout: probability }) => {
    const stage = (maps: number, stride: number): Layer => {
      const blocks = Array.from({ length: 4 }, (_, index) =>
        block(maps * widening, index === 0 ? stride : 1, probability),
      );
      return named('layer', numbered(...blocks));
    };
    return initialized(
      { ...fanOutConvolutions, bias: zeros },
      chain(
        sequential([
          ['conv1', conv(16, 3, { padding: 1, bias: false })],
          ['block1', stage(16, 1)],
          ['block2', stage(32, 2)],
          ['block3', stage(64, 2)],
          ['bn1', batchNorm()],
          ['relu', relu],
          ['avgpool', globalAveragePool],
        ]),
        flatten,
        named('fc', linear(classes)),
      ),
    );
  },
});
