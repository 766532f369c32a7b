import { z } from 'zod';
import { chain, concat, initialized, named, sequential } from '../../core/nn/layers/composition.ts';
import type { Pair } from '../../core/nn/layers/convolution.ts';
import { dropout, flatten, linear } from '../../core/nn/layers/linear.ts';
import { averagePool, globalAveragePool, maxPool } from '../../core/nn/layers/pooling.ts';
import type { Layer } from '../../core/nn/networkBuilder.ts';
import { defineArchitecture } from './define.ts';
import { basicConv, cutNormal } from './shared/basicConv.ts';
import { dropoutParam, imageNetParams, squareInput } from './shared/params.ts';

/** A named convolution that keeps the size, or one of stride 2 without padding. */
function step(name: string, maps: number, kernel: Pair = 1): readonly [string, Layer] {
  const padding =
    typeof kernel === 'number' ? (kernel - 1) / 2 : ([(kernel[0] - 1) / 2, (kernel[1] - 1) / 2] as const);
  return [name, basicConv(maps, kernel, { padding })];
}

const halving = (name: string, maps: number): readonly [string, Layer] => [
  name,
  basicConv(maps, 3, { stride: 2 }),
];

const pooled = (maps: number): Layer =>
  sequential([
    ['pool', averagePool(3, { stride: 1, padding: 1 })],
    ['branch_pool', basicConv(maps, 1)],
  ]);

const halvingPool = named('branch_pool', maxPool(3, { stride: 2 }));

/** Fig. 5: 5×5 convolutions as two 3×3. */
const inceptionA = (poolMaps: number): Layer =>
  concat(
    sequential([step('branch1x1', 64)]),
    sequential([step('branch5x5_1', 48), step('branch5x5_2', 64, 5)]),
    sequential([step('branch3x3dbl_1', 64), step('branch3x3dbl_2', 96, 3), step('branch3x3dbl_3', 96, 3)]),
    pooled(poolMaps),
  );

/** Fig. 10: 35×35 → 17×17. */
const inceptionB = concat(
  sequential([halving('branch3x3', 384)]),
  sequential([step('branch3x3dbl_1', 64), step('branch3x3dbl_2', 96, 3), halving('branch3x3dbl_3', 96)]),
  halvingPool,
);

/** Fig. 6: 7×7 convolutions as 1×7 and 7×1. */
const inceptionC = (maps: number): Layer =>
  concat(
    sequential([step('branch1x1', 192)]),
    sequential([
      step('branch7x7_1', maps),
      step('branch7x7_2', maps, [1, 7]),
      step('branch7x7_3', 192, [7, 1]),
    ]),
    sequential([
      step('branch7x7dbl_1', maps),
      step('branch7x7dbl_2', maps, [7, 1]),
      step('branch7x7dbl_3', maps, [1, 7]),
      step('branch7x7dbl_4', maps, [7, 1]),
      step('branch7x7dbl_5', 192, [1, 7]),
    ]),
    pooled(192),
  );

/** 17×17 → 8×8. */
const inceptionD = concat(
  sequential([step('branch3x3_1', 192), halving('branch3x3_2', 320)]),
  sequential([
    step('branch7x7x3_1', 192),
    step('branch7x7x3_2', 192, [1, 7]),
    step('branch7x7x3_3', 192, [7, 1]),
    halving('branch7x7x3_4', 192),
  ]),
  halvingPool,
);

/** 1×3 and 3×1 side by side. */
const crossed = (name: string): Layer =>
  concat(sequential([step(`${name}a`, 384, [1, 3])]), sequential([step(`${name}b`, 384, [3, 1])]));

/** Fig. 7. */
const inceptionE = concat(
  sequential([step('branch1x1', 320)]),
  chain(sequential([step('branch3x3_1', 384)]), crossed('branch3x3_2')),
  chain(sequential([step('branch3x3dbl_1', 448), step('branch3x3dbl_2', 384, 3)]), crossed('branch3x3dbl_3')),
  pooled(192),
);

const features = sequential([
  halving('Conv2d_1a_3x3', 32),
  ['Conv2d_2a_3x3', basicConv(32, 3)],
  step('Conv2d_2b_3x3', 64, 3),
  ['maxpool1', maxPool(3, { stride: 2 })],
  step('Conv2d_3b_1x1', 80),
  ['Conv2d_4a_3x3', basicConv(192, 3)],
  ['maxpool2', maxPool(3, { stride: 2 })],
  ['Mixed_5b', inceptionA(32)],
  ['Mixed_5c', inceptionA(64)],
  ['Mixed_5d', inceptionA(64)],
  ['Mixed_6a', inceptionB],
  ['Mixed_6b', inceptionC(128)],
  ['Mixed_6c', inceptionC(160)],
  ['Mixed_6d', inceptionC(160)],
  ['Mixed_6e', inceptionC(192)],
  ['Mixed_7a', inceptionD],
  ['Mixed_7b', inceptionE],
  ['Mixed_7c', inceptionE],
  ['avgpool', globalAveragePool],
]);

/** For pictures of at least 75×75. */
export const inceptionV3 = defineArchitecture({
  id: 'inceptionV3',
  title: 'Inception v3',
  citation: 'Szegedy et al. 2016, "Rethinking the inception architecture", table 1',
  naming: 'torchvision',
  notes: [
    'Without the auxiliary classifier (AuxLogits); a state dictionary may hold it.',
    'The ImageNet weights of torchvision expect pixels with mean 0.5 and deviation 0.5.',
  ],
  params: z.object({ ...imageNetParams(299), dropout: dropoutParam(0.5) }),
  input: squareInput,
  build: ({ classes, dropout: probability }) => {
    const head = sequential([
      ['dropout', dropout(probability)],
      ['fc', linear(classes)],
    ]);
    return (net, x) => {
      net.omit('AuxLogits');
      return initialized(cutNormal(0.1), chain(features, flatten, head))(net, x);
    };
  },
});
