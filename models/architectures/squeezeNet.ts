import { z } from 'zod';
import { kaiming, normal, zeros } from '../../core/nn/initializers.ts';
import { relu } from '../../core/nn/layers/activation.ts';
import { chain, concat, initialized, named, numbered, sequential } from '../../core/nn/layers/composition.ts';
import { conv } from '../../core/nn/layers/convolution.ts';
import { dropout, flatten } from '../../core/nn/layers/linear.ts';
import { globalAveragePool, maxPool } from '../../core/nn/layers/pooling.ts';
import type { Layer } from '../../core/nn/networkBuilder.ts';
import { type Architecture, defineArchitecture } from './define.ts';
import { dropoutParam, imageNetParams, squareInput } from './shared/params.ts';

/** Fig. 1: a 1×1 convolution to few maps, then 1×1 and 3×3 convolutions side by side, each to `expanded` maps. */
function fire(squeezed: number, expanded: number): Layer {
  const step = (name: string, layer: Layer): Layer =>
    sequential([
      [name, layer],
      [`${name}_activation`, relu],
    ]);
  return chain(
    step('squeeze', conv(squeezed, 1)),
    concat(step('expand1x1', conv(expanded, 1)), step('expand3x3', conv(expanded, 3, { padding: 1 }))),
  );
}

const pool = maxPool(3, { stride: 2, ceil: true });

function squeezeNet(version: '1.0' | '1.1', citation: string, features: readonly Layer[]): Architecture {
  return defineArchitecture({
    id: `squeezeNet${version.replace('.', '_')}`,
    title: `SqueezeNet ${version}`,
    citation,
    naming: 'torchvision',
    params: z.object({ ...imageNetParams(), dropout: dropoutParam(0.5) }),
    input: squareInput,
    build: ({ classes, dropout: probability }) => {
      const classifier = numbered(
        dropout(probability),
        conv(classes, 1, { weights: normal(0.01) }),
        relu,
        globalAveragePool,
      );
      return initialized(
        { convolution: kaiming({ distribution: 'uniform' }), bias: zeros },
        chain(named('features', numbered(...features)), named('classifier', classifier), flatten),
      );
    },
  });
}

export const squeezeNet1_0 = squeezeNet('1.0', 'Iandola et al. 2016, "SqueezeNet", table 1', [
  conv(96, 7, { stride: 2 }),
  relu,
  pool,
  fire(16, 64),
  fire(16, 64),
  fire(32, 128),
  pool,
  fire(32, 128),
  fire(48, 192),
  fire(48, 192),
  fire(64, 256),
  pool,
  fire(64, 256),
]);

export const squeezeNet1_1 = squeezeNet(
  '1.1',
  'Iandola et al. 2016; version 1.1 of the authors’ repository',
  [
    conv(64, 3, { stride: 2 }),
    relu,
    pool,
    fire(16, 64),
    fire(16, 64),
    pool,
    fire(32, 128),
    fire(32, 128),
    pool,
    fire(48, 192),
    fire(48, 192),
    fire(64, 256),
    fire(64, 256),
  ],
);
