import { z } from 'zod';
import { relu } from '../../core/nn/layers/activation.ts';
import { chain, initialized, named, sequential } from '../../core/nn/layers/composition.ts';
import { conv } from '../../core/nn/layers/convolution.ts';
import { flatten, linear } from '../../core/nn/layers/linear.ts';
import { batchNorm } from '../../core/nn/layers/normalization.ts';
import { globalAveragePool, maxPool } from '../../core/nn/layers/pooling.ts';
import { type Architecture, defineArchitecture } from './define.ts';
import { fanOutConvolutions } from './shared/initializations.ts';
import { imageNetParams, squareInput } from './shared/params.ts';
import { type Block, basicBlock, bottleneck, stage } from './shared/residualBlocks.ts';

/** He et al. 2016, table 1: how many blocks each of the four stages has. */
function resNet(
  depth: number,
  block: Block,
  [one, two, three, four]: readonly [number, number, number, number],
): Architecture {
  return defineArchitecture({
    id: `resNet${depth}`,
    title: `ResNet-${depth}`,
    citation: `He et al. 2016, "Deep residual learning for image recognition", table 1, ${depth}-layer`,
    naming: 'torchvision',
    params: z.object(imageNetParams()),
    input: squareInput,
    build: ({ classes }) =>
      initialized(
        fanOutConvolutions,
        chain(
          sequential([
            ['conv1', conv(64, 7, { stride: 2, padding: 3, bias: false })],
            ['bn1', batchNorm()],
            ['relu', relu],
            ['maxpool', maxPool(3, { stride: 2, padding: 1 })],
            ['layer1', stage(block, 64, one, 1)],
            ['layer2', stage(block, 128, two, 2)],
            ['layer3', stage(block, 256, three, 2)],
            ['layer4', stage(block, 512, four, 2)],
            ['avgpool', globalAveragePool],
          ]),
          flatten,
          named('fc', linear(classes)),
        ),
      ),
  });
}

export const resNet18 = resNet(18, basicBlock(), [2, 2, 2, 2]);
export const resNet34 = resNet(34, basicBlock(), [3, 4, 6, 3]);
export const resNet50 = resNet(50, bottleneck, [3, 4, 6, 3]);
export const resNet101 = resNet(101, bottleneck, [3, 4, 23, 3]);
export const resNet152 = resNet(152, bottleneck, [3, 8, 36, 3]);
