import { z } from 'zod';
import { truncatedNormal, zeros } from '../../core/nn/initializers.ts';
import { gelu } from '../../core/nn/layers/activation.ts';
import {
  chain,
  initialized,
  named,
  numbered,
  residual,
  sequential,
} from '../../core/nn/layers/composition.ts';
import { conv, depthwise } from '../../core/nn/layers/convolution.ts';
import { flatten, linear } from '../../core/nn/layers/linear.ts';
import { channelsLast, layerNorm, layerScale } from '../../core/nn/layers/normalization.ts';
import { globalAveragePool } from '../../core/nn/layers/pooling.ts';
import type { Layer } from '../../core/nn/networkBuilder.ts';
import { defineArchitecture } from './define.ts';
import { imageNetParams, squareInput } from './shared/params.ts';

/** A layer norm over the channels of each pixel. */
const channelNorm = channelsLast(layerNorm({ epsilon: 1e-6 }));

/** Fig. 4: depthwise 7×7, layer norm, and at each pixel a hidden layer of four times the channels; scaled and added to x. */
const block: Layer = (net, x) => {
  const [, channels = 1] = net.shapeOf(x);
  const pixelwise = sequential([
    ['2', layerNorm({ epsilon: 1e-6 })],
    ['3', linear(4 * channels)],
    ['4', gelu],
    ['5', linear(channels)],
  ]);
  const branch = chain(named('0', depthwise(7, { padding: 3 })), channelsLast(pixelwise));
  return residual(chain(named('block', branch), layerScale(1e-6)))(net, x);
};

const stage = (blocks: number): Layer => numbered(...Array.from({ length: blocks }, () => block));

const halving = (maps: number): Layer => numbered(channelNorm, conv(maps, 2, { stride: 2 }));

export const convNeXtTiny = defineArchitecture({
  id: 'convNeXtTiny',
  title: 'ConvNeXt-T',
  citation: 'Liu et al. 2022, "A ConvNet for the 2020s", table 9',
  naming: 'torchvision',
  notes: ['Without stochastic depth, which only training has.'],
  params: z.object(imageNetParams()),
  input: squareInput,
  build: ({ classes }) => {
    const features = numbered(
      numbered(conv(96, 4, { stride: 4 }), channelNorm),
      stage(3),
      halving(192),
      stage(3),
      halving(384),
      stage(9),
      halving(768),
      stage(3),
    );
    const weights = truncatedNormal(0.02);
    return initialized(
      { convolution: weights, linear: weights, bias: zeros },
      chain(
        named('features', features),
        named('avgpool', globalAveragePool),
        named('classifier', numbered(channelNorm, flatten, linear(classes))),
      ),
    );
  },
});
