import { z } from 'zod';
import { kaiming } from '../../core/nn/initializers.ts';
import { relu } from '../../core/nn/layers/activation.ts';
import { chain, initialized, named, sequential } from '../../core/nn/layers/composition.ts';
import { conv } from '../../core/nn/layers/convolution.ts';
import { flatten, linear } from '../../core/nn/layers/linear.ts';
import { batchNorm } from '../../core/nn/layers/normalization.ts';
import { globalAveragePool } from '../../core/nn/layers/pooling.ts';
import type { Layer } from '../../core/nn/networkBuilder.ts';
import { type Architecture, defineArchitecture } from './define.ts';
import { pictureParams, squareInput } from './shared/params.ts';
import { basicBlock, stage } from './shared/residualBlocks.ts';

/** Option A: every second pixel, and new channels of zeros, half of them before the old ones and half behind. */
function paddedShortcut(outChannels: number, stride: number): Layer {
  return (net, x) => {
    const { b } = net;
    const [, channels = 1] = net.shapeOf(x);
    const added = outChannels - channels;
    const before = Math.floor(added / 2);
    // The end lies beyond any picture.
    const bounds = [b.axes([0, 0]), b.axes([2 ** 31, 2 ** 31]), b.axes([2, 3]), b.axes([stride, stride])];
    return net.scope('shortcut', () => {
      const fewer = net.add('Slice', [x, ...bounds], {}, 'slice');
      return net.add('Pad', [fewer, b.axes([0, before, 0, 0, 0, added - before, 0, 0])]);
    });
  };
}

/** He et al. 2016, section 4.2: 6n + 2 layers for pictures of 32×32. */
function cifarResNet(depth: number): Architecture {
  const blocks = (depth - 2) / 6;
  const block = basicBlock(paddedShortcut);
  return defineArchitecture({
    id: `cifarResNet${depth}`,
    title: `ResNet-${depth} for CIFAR`,
    citation: 'He et al. 2016, "Deep residual learning for image recognition", section 4.2, option A',
    naming: 'akamaster',
    params: z.object(pictureParams({ classes: 10, channels: 3, size: 32 })),
    input: squareInput,
    build: ({ classes }) =>
      initialized(
        { convolution: kaiming(), linear: kaiming() },
        chain(
          sequential([
            ['conv1', conv(16, 3, { padding: 1, bias: false })],
            ['bn1', batchNorm()],
            ['relu', relu],
            ['layer1', stage(block, 16, blocks, 1)],
            ['layer2', stage(block, 32, blocks, 2)],
            ['layer3', stage(block, 64, blocks, 2)],
            ['avgpool', globalAveragePool],
          ]),
          flatten,
          named('linear', linear(classes)),
        ),
      ),
  });
}

export const cifarResNet20 = cifarResNet(20);
export const cifarResNet32 = cifarResNet(32);
export const cifarResNet44 = cifarResNet(44);
export const cifarResNet56 = cifarResNet(56);
export const cifarResNet110 = cifarResNet(110);
