import { z } from 'zod';
import { count } from '../../core/method/params.ts';
import { relu } from '../../core/nn/layers/activation.ts';
import { chain, initialized, named, numbered } from '../../core/nn/layers/composition.ts';
import { conv } from '../../core/nn/layers/convolution.ts';
import { flatten, linear } from '../../core/nn/layers/linear.ts';
import { batchNorm } from '../../core/nn/layers/normalization.ts';
import { globalAveragePool, maxPool } from '../../core/nn/layers/pooling.ts';
import type { Layer } from '../../core/nn/networkBuilder.ts';
import { defineArchitecture } from './define.ts';
import { fanOutConvolutions } from './shared/initializations.ts';
import { pictureParams, squareInput } from './shared/params.ts';

/** Six 3×3 convolutions with batch norm and ReLU, and three poolings: 64×64 → 8×8, then global average pooling and one linear layer. */
export const gapCnn = defineArchitecture({
  id: 'gapCnn',
  title: 'Small CNN with global average pooling',
  citation:
    'global average pooling: Lin, Chen and Yan 2014; with one linear layer behind it: Zhou et al. 2016 (CAM)',
  naming: 'own',
  params: z.object({
    ...pictureParams({ classes: 10, channels: 3, size: 64 }),
    width: count(
      16,
      'Width',
      'maps of the first convolution; later ones have 2, 2, 4, 4 and 8 times as many',
      1024,
    ),
  }),
  input: squareInput,
  build: ({ classes, width }) => {
    const block = (maps: number): Layer[] => [conv(maps, 3, { padding: 1, bias: false }), batchNorm(), relu];
    const features = numbered(
      ...block(width),
      maxPool(2),
      ...block(2 * width),
      ...block(2 * width),
      maxPool(2),
      ...block(4 * width),
      ...block(4 * width),
      maxPool(2),
      ...block(8 * width),
    );
    return initialized(
      fanOutConvolutions,
      chain(
        named('features', features),
        named('avgpool', globalAveragePool),
        flatten,
        named('fc', linear(classes)),
      ),
    );
  },
});
