import { z } from 'zod';
import { count } from '../../core/method/params.ts';
import { relu } from '../../core/nn/layers/activation.ts';
import { chain, initialized, named, sequential } from '../../core/nn/layers/composition.ts';
import { conv } from '../../core/nn/layers/convolution.ts';
import { flatten, linear } from '../../core/nn/layers/linear.ts';
import { batchNorm } from '../../core/nn/layers/normalization.ts';
import { globalAveragePool } from '../../core/nn/layers/pooling.ts';
import { defineArchitecture } from './define.ts';
import { fanOutConvolutions } from './shared/initializations.ts';
import { pictureParams, squareInput } from './shared/params.ts';
import { basicBlock, stage } from './shared/residualBlocks.ts';

/** A 3×3 convolution of stride 2 and three stages of basic blocks: 64×64 → 32×32 → 16×16 → 8×8, then pooling and one linear layer. */
export const smallResNet = defineArchitecture({
  id: 'smallResNet',
  title: 'Small residual network',
  citation: 'blocks: He et al. 2016, "Deep residual learning for image recognition", fig. 5 left, option B',
  naming: 'own',
  params: z.object({
    ...pictureParams({ classes: 10, channels: 3, size: 64 }),
    width: count(16, 'Width', 'maps of the first stage; the next two have 2 and 4 times as many', 1024),
    blocks: count(2, 'Blocks', 'residual blocks a stage', 100),
  }),
  input: squareInput,
  build: ({ classes, width, blocks }) =>
    initialized(
      fanOutConvolutions,
      chain(
        sequential([
          ['conv1', conv(width, 3, { stride: 2, padding: 1, bias: false })],
          ['bn1', batchNorm()],
          ['relu', relu],
          ['layer1', stage(basicBlock(), width, blocks, 1)],
          ['layer2', stage(basicBlock(), 2 * width, blocks, 2)],
          ['layer3', stage(basicBlock(), 4 * width, blocks, 2)],
          ['avgpool', globalAveragePool],
        ]),
        flatten,
        named('fc', linear(classes)),
      ),
    ),
});
