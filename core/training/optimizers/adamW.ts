import { z } from 'zod';
import { arithmetic } from '../../ops/shared/arithmetic.ts';
import { defineOptimizer } from './define.ts';
import { emitMomentStep, momentNames, momentParams, momentScalars } from './shared/moments.ts';
import { weightDecay } from './shared/params.ts';

/** θ ← θ − ηλθ before the step of Adam: the decay is not divided by the root mean square. */
export const adamW = defineOptimizer({
  id: 'adamW',
  title: 'AdamW',
  description: 'Adam with weight decay apart from the gradient.',
  citation: 'Loshchilov and Hutter 2019, algorithm 2',
  params: z.object({ ...momentParams, weightDecay: weightDecay(0.01) }),
  state: () => momentNames,
  scalars: momentScalars,
  emit(b, values, given) {
    const { mul, sub } = arithmetic(b);
    const { theta, gradient, decaying, learningRate } = values;
    const from =
      given.weightDecay === 0 ? theta : sub(theta, mul(decaying, mul(learningRate, given.weightDecay)));
    return emitMomentStep(b, values, { from, slope: gradient }, given);
  },
});
