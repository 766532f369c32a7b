import { z } from 'zod';
import { type Initializer, uniform } from '../../core/nn/initializers.ts';
import { silu } from '../../core/nn/layers/activation.ts';
import { chain, initialized, named, numbered } from '../../core/nn/layers/composition.ts';
import { dropout, flatten, linear } from '../../core/nn/layers/linear.ts';
import { globalAveragePool } from '../../core/nn/layers/pooling.ts';
import { squeezeExcitation } from '../../core/nn/layers/squeezeExcitation.ts';
import type { Layer } from '../../core/nn/networkBuilder.ts';
import { defineArchitecture } from './define.ts';
import { convNorm, depthwiseNorm, residualIfSame } from './shared/convNorm.ts';
import { fanOutWithoutBias } from './shared/initializations.ts';
import { dropoutParam, imageNetParams, squareInput } from './shared/params.ts';

/** Table 1: expansion, kernel, stride of the first block, maps, blocks. */
const stages = [
  [1, 3, 1, 16, 1],
  [6, 3, 2, 24, 2],
  [6, 5, 2, 40, 2],
  [6, 3, 2, 80, 3],
  [6, 5, 1, 112, 3],
  [6, 5, 2, 192, 4],
  [6, 3, 1, 320, 1],
] as const;

/** An inverted residual with a squeeze-excitation of a quarter of the channels that come in. */
function mbConv(expansion: number, kernel: number, stride: number, maps: number): Layer {
  const branch: Layer = (net, x) => {
    const [, channels = 1] = net.shapeOf(x);
    const layers = numbered(
      ...(expansion === 1 ? [] : [convNorm(channels * expansion, 1, 1, silu)]),
      depthwiseNorm(kernel, stride, silu),
      squeezeExcitation(Math.max(1, Math.floor(channels / 4)), { activation: silu }),
      convNorm(maps, 1, 1),
    );
    return named('block', layers)(net, x);
  };
  return residualIfSame(maps, stride, branch);
}

/** U(−1/√out, 1/√out). */
const byOutputs: Initializer = (parameter, random) => {
  const bound = 1 / Math.sqrt(parameter.fanOut);
  return uniform(-bound, bound)(parameter, random);
};

export const efficientNetB0 = defineArchitecture({
  id: 'efficientNetB0',
  title: 'EfficientNet-B0',
  citation: 'Tan and Le 2019, "EfficientNet", table 1',
  naming: 'torchvision',
  notes: ['Without stochastic depth, which only training has.'],
  params: z.object({ ...imageNetParams(), dropout: dropoutParam(0.2) }),
  input: squareInput,
  build: ({ classes, dropout: probability }) => {
    const blocks = stages.map(([expansion, kernel, stride, maps, count]) =>
      numbered(
        ...Array.from({ length: count }, (_, index) =>
          mbConv(expansion, kernel, index === 0 ? stride : 1, maps),
        ),
      ),
    );
    const features = numbered(convNorm(32, 3, 2, silu), ...blocks, convNorm(1280, 1, 1, silu));
    return initialized(
      { ...fanOutWithoutBias, linear: byOutputs },
      chain(
        named('features', features),
        named('avgpool', globalAveragePool),
        flatten,
        named('classifier', numbered(dropout(probability), linear(classes))),
      ),
    );
  },
});
