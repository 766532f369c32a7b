import { z } from 'zod';
import { normal } from '../../core/nn/initializers.ts';
import { relu6 } from '../../core/nn/layers/activation.ts';
import { chain, initialized, named, numbered } from '../../core/nn/layers/composition.ts';
import { conv } from '../../core/nn/layers/convolution.ts';
import { dropout, flatten, linear } from '../../core/nn/layers/linear.ts';
import { batchNorm } from '../../core/nn/layers/normalization.ts';
import { globalAveragePool } from '../../core/nn/layers/pooling.ts';
import type { Layer } from '../../core/nn/networkBuilder.ts';
import { defineArchitecture } from './define.ts';
import { convNorm, depthwiseNorm, residualIfSame } from './shared/convNorm.ts';
import { fanOutWithoutBias } from './shared/initializations.ts';
import { dropoutParam, imageNetParams, squareInput } from './shared/params.ts';

/** Table 2: expansion, maps, blocks, stride of the first block. */
const stages = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

/** Fig. 4d: 1×1 to more maps, depthwise 3×3, 1×1 to `maps` without an activation. */
function invertedResidual(expansion: number, maps: number, stride: number): Layer {
  const branch: Layer = (net, x) => {
    const [, channels = 1] = net.shapeOf(x);
    const expand = expansion === 1 ? [] : [convNorm(channels * expansion, 1, 1, relu6)];
    const project = [conv(maps, 1, { bias: false }), batchNorm()];
    return named('conv', numbered(...expand, depthwiseNorm(3, stride, relu6), ...project))(net, x);
  };
  return residualIfSame(maps, stride, branch);
}

export const mobileNetV2 = defineArchitecture({
  id: 'mobileNetV2',
  title: 'MobileNet v2',
  citation: 'Sandler et al. 2018, "MobileNetV2", table 2',
  naming: 'torchvision',
  params: z.object({ ...imageNetParams(), dropout: dropoutParam(0.2) }),
  input: squareInput,
  build: ({ classes, dropout: probability }) => {
    const blocks = stages.flatMap(([expansion, maps, count, stride]) =>
      Array.from({ length: count }, (_, index) =>
        invertedResidual(expansion, maps, index === 0 ? stride : 1),
      ),
    );
    const features = numbered(convNorm(32, 3, 2, relu6), ...blocks, convNorm(1280, 1, 1, relu6));
    return initialized(
      { ...fanOutWithoutBias, linear: normal(0.01) },
      chain(
        named('features', features),
        named('avgpool', globalAveragePool),
        flatten,
        named('classifier', numbered(dropout(probability), linear(classes))),
      ),
    );
  },
});
