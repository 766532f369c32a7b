import { z } from 'zod';
import {
  type Initializer,
  constant,
  gainOf,
  kaiming,
  lecun,
  normal,
  orthogonal,
  pytorchDefault,
  truncatedNormal,
  uniform,
  xavier,
} from './initializers.ts';

/** How the layers of a network draw their parameters. Scales and shifts of normalizations begin at 1 and 0 whatever this says. */
export interface Initialization {
  /** Weights of convolutions, locally connected ones too. */
  readonly convolution: Initializer;
  /** Weights of linear layers. */
  readonly linear: Initializer;
  /** Biases of both; fans are those of the layer's weights. */
  readonly bias: Initializer;
}

/** What PyTorch's layers draw when nobody says otherwise. */
export const pytorchInitialization: Initialization = {
  convolution: pytorchDefault,
  linear: pytorchDefault,
  bias: pytorchDefault,
};

const deviation = z.number().min(0).meta({ description: 'standard deviation' });
const distribution = z.enum(['uniform', 'normal']);
const activation = z.enum(['linear', 'sigmoid', 'tanh', 'relu', 'leakyRelu', 'selu']);

/** How a person chooses the distribution of weights, in a training recipe. */
export const initializerSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('kaiming'),
    fan: z.enum(['in', 'out']).default('in'),
    distribution: distribution.default('normal'),
    activation: activation.default('relu'),
  }),
  z.strictObject({
    kind: z.literal('xavier'),
    distribution: distribution.default('uniform'),
    activation: activation.default('linear'),
  }),
  z.strictObject({ kind: z.literal('lecun'), distribution: distribution.default('normal') }),
  z.strictObject({ kind: z.literal('orthogonal'), gain: z.number().positive().default(1) }),
  z.strictObject({ kind: z.literal('constant'), value: z.number() }),
  z.strictObject({ kind: z.literal('normal'), deviation }),
  z.strictObject({ kind: z.literal('truncatedNormal'), deviation, low: z.number(), high: z.number() }),
  z.strictObject({ kind: z.literal('uniform'), low: z.number(), high: z.number() }),
  z.strictObject({ kind: z.literal('pytorch') }),
]);

export type InitializerChoice = z.output<typeof initializerSchema>;

/** The initializer that a recipe names. */
export function initializerOf(choice: InitializerChoice): Initializer {
  switch (choice.kind) {
    case 'kaiming':
      return kaiming({ ...choice, gain: gainOf(choice.activation) });
    case 'xavier':
      return xavier(choice.distribution, gainOf(choice.activation));
    case 'lecun':
      return lecun(choice.distribution);
    case 'orthogonal':
      return orthogonal(choice.gain);
    case 'constant':
      return constant(choice.value);
    case 'normal':
      return normal(choice.deviation);
    case 'truncatedNormal':
      return truncatedNormal(choice.deviation, choice.low, choice.high);
    case 'uniform':
      return uniform(choice.low, choice.high);
    case 'pytorch':
      return pytorchDefault;
  }
}
