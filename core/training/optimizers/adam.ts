import { z } from 'zod';
import { arithmetic } from '../../ops/shared/arithmetic.ts';
import { defineOptimizer } from './define.ts';
import { emitMomentStep, momentNames, momentParams, momentScalars } from './shared/moments.ts';
import { weightDecay } from './shared/params.ts';

/** Weight decay is added to the gradient, as PyTorch's Adam has it. */
export const adam = defineOptimizer({
  id: 'adam',
  title: 'Adam',
  description:
    'Divides the mean of the past slopes by their root mean square, each corrected for its start at 0.',
  citation: 'Kingma and Ba 2015, algorithm 1',
  params: z.object({ ...momentParams, weightDecay: weightDecay(0) }),
  state: () => momentNames,
  scalars: momentScalars,
  emit(b, values, given) {
    const { add, mul } = arithmetic(b);
    const { theta, gradient, decaying } = values;
    const slope = given.weightDecay === 0 ? gradient : add(gradient, mul(decaying, given.weightDecay));
    return emitMomentStep(b, values, { from: theta, slope }, given);
  },
});
