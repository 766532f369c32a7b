import { z } from 'zod';
import { activations } from '../../core/nn/layers/activation.ts';
import { chain, named, numbered } from '../../core/nn/layers/composition.ts';
import { conv } from '../../core/nn/layers/convolution.ts';
import { flatten, linear } from '../../core/nn/layers/linear.ts';
import { averagePool, maxPool } from '../../core/nn/layers/pooling.ts';
import { defineArchitecture } from './define.ts';
import { activationParam, pictureParams, squareInput, widths } from './shared/params.ts';

/**
 * Two 5×5 convolutions, each with a 2×2 pooling, and three linear layers: 28×28 padded by 2 → 6 maps of 14×14 → 16 maps of 5×5
 * → 120 → 84 → classes.
 */
export const lenet5 = defineArchitecture({
  id: 'lenet5',
  title: 'LeNet-5',
  citation: 'LeCun et al. 1998, "Gradient-based learning applied to document recognition", fig. 2',
  naming: 'own',
  notes: [
    'The default is the form in use today: ReLU, max-pooling, 28×28 padded by 2.',
    'The network of 1998 is size 32, padding 0, activation tanh, pooling average; its trainable subsampling, its sparse table of maps (C3) and its radial basis outputs are left out.',
  ],
  params: z.object({
    ...pictureParams({ classes: 10, channels: 1, size: 28 }),
    maps: z
      .tuple([z.int().min(1), z.int().min(1)])
      .default([6, 16])
      .meta({ title: 'Maps', description: 'feature maps of the two convolutions' }),
    hidden: widths([120, 84], 'Hidden layers', 'units of each linear layer before the last'),
    padding: z
      .int()
      .min(0)
      .max(16)
      .default(2)
      .meta({ title: 'Padding', description: 'pixels around the picture; 0 for 32×32', unit: 'px' }),
    activation: activationParam('relu'),
    pooling: z
      .enum(['max', 'average'])
      .default('max')
      .meta({ title: 'Pooling', description: 'what each 2×2 window becomes' }),
  }),
  input: squareInput,
  build: ({ classes, maps: [first, second], hidden, padding, activation, pooling }) => {
    const active = activations[activation];
    const pool = pooling === 'max' ? maxPool(2) : averagePool(2);
    const features = numbered(conv(first, 5, { padding }), active, pool, conv(second, 5), active, pool);
    const classifier = numbered(...hidden.flatMap((units) => [linear(units), active]), linear(classes));
    return chain(named('features', features), flatten, named('classifier', classifier));
  },
});
