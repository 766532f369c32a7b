import { z } from 'zod';
import { flag, numberIn } from '../../method/params.ts';
import { arithmetic } from '../../ops/shared/arithmetic.ts';
import { defineOptimizer } from './define.ts';
import { weightDecay } from './shared/params.ts';

const params = z.object({
  momentum: numberIn([0, 0.9999], 0.9, {
    title: 'Momentum',
    description: 'share of the last step that is kept',
  }),
  nesterov: flag(false, 'Nesterov', 'looks ahead along the momentum'),
  weightDecay: weightDecay(0),
});

/** g ← g + λθ, v ← μv + g, θ ← θ − η(v, or g + μv with Nesterov), as PyTorch has it. */
export const sgd = defineOptimizer({
  id: 'sgd',
  title: 'Stochastic gradient descent',
  description: 'Goes down the gradient of the mini-batch, with momentum.',
  citation: 'Polyak 1964; Nesterov 1983; Sutskever et al. 2013, eq. 1-4',
  params,
  state: ({ momentum }) => (momentum === 0 ? [] : ['velocity']),
  emit(b, { theta, gradient, decaying, learningRate, state }, { momentum, nesterov, weightDecay: decay }) {
    const { add, mul, sub } = arithmetic(b);
    const slope = decay === 0 ? gradient : add(gradient, mul(decaying, decay));
    const before = state['velocity'];
    if (before === undefined) return { theta: sub(theta, mul(slope, learningRate)), state: {} };
    const velocity = add(mul(before, momentum), slope);
    const direction = nesterov ? add(slope, mul(velocity, momentum)) : velocity;
    return { theta: sub(theta, mul(direction, learningRate)), state: { velocity } };
  },
});
