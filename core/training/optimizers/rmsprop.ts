import { z } from 'zod';
import { numberIn } from '../../method/params.ts';
import { arithmetic } from '../../ops/shared/arithmetic.ts';
import { defineOptimizer } from './define.ts';
import { averageDecay, stabilizer, weightDecay } from './shared/params.ts';

const params = z.object({
  decay: averageDecay(0.99, 'Decay'),
  stabilizer: stabilizer(),
  momentum: numberIn([0, 0.9999], 0, {
    title: 'Momentum',
    description: 'share of the last step that is kept',
  }),
  weightDecay: weightDecay(0),
});

/** s ← αs + (1 − α)g², θ ← θ − η g/(√s + ε), with momentum on the quotient, as PyTorch has it. */
export const rmsprop = defineOptimizer({
  id: 'rmsprop',
  title: 'RMSprop',
  description: 'Divides each slope by the root mean square of its past.',
  citation: 'Tieleman and Hinton 2012, lecture 6.5',
  params,
  state: ({ momentum }) => (momentum === 0 ? ['square'] : ['square', 'velocity']),
  emit(b, { theta, gradient, decaying, learningRate, state }, given) {
    const { add, apply, div, mul, sub } = arithmetic(b);
    const slope = given.weightDecay === 0 ? gradient : add(gradient, mul(decaying, given.weightDecay));
    const square = add(mul(state['square'] ?? '', given.decay), mul(mul(slope, slope), 1 - given.decay));
    const scaled = div(slope, add(apply('Sqrt', square), given.stabilizer));
    const before = state['velocity'];
    if (before === undefined) return { theta: sub(theta, mul(scaled, learningRate)), state: { square } };
    const velocity = add(mul(before, given.momentum), scaled);
    return { theta: sub(theta, mul(velocity, learningRate)), state: { square, velocity } };
  },
});
