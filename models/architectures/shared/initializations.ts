import type { Initialization } from '../../../core/nn/initialization.ts';
import { kaiming, zeros } from '../../../core/nn/initializers.ts';

/** Convolutions as torchvision draws them behind batch norm: Kaiming, normal, by the fan out, for ReLU. */
export const fanOutConvolutions: Partial<Initialization> = {
  convolution: kaiming({ fan: 'out' }),
};

/** The same, with biases that begin at 0. */
export const fanOutWithoutBias: Partial<Initialization> = { ...fanOutConvolutions, bias: zeros };
