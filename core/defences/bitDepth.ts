import { z } from 'zod';
import { arithmetic } from '../ops/shared/arithmetic.ts';
import { defineDefence } from './define.ts';
import { backwardOfRounding, withBackward } from './shared/backwardPass.ts';

/** y = round(x (2ᵇ − 1))/(2ᵇ − 1). */
export const bitDepth = defineDefence({
  id: 'bitDepth',
  title: 'Bit depth',
  description:
    'Rounds every channel to the 2^bits levels that so many bits can hold. Its true derivative is zero, which hides the network from gradients without making it more robust: attack it with backward = straightThrough or identity.',
  citation: 'Xu et al. 2018, sec. III-A (feature squeezing)',
  params: z.object({
    bits: z
      .int()
      .min(1)
      .max(8)
      .default(4)
      .meta({ title: 'Bits', description: 'bits a channel; 8 changes nothing about an 8-bit picture' }),
    backward: backwardOfRounding(),
  }),
  emit(b, image, { bits, backward }) {
    const { div, mul } = arithmetic(b);
    const levels = 2 ** bits - 1;
    // A division, not a product with 1/levels: k/255 stays the float32 that it was.
    return withBackward(b, image, div(b.add('Round', [mul(image, levels)]), levels), backward);
  },
});
