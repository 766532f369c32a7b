import { type Attributes, float, int } from '../graph/ir.ts';
import { LoupeError } from '../base/errors.ts';
import { defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { likeInput } from './shared/elementwise.ts';
import { channelWindowMean, localDenominator, localResponseOf } from './shared/localResponse.ts';

/** A normalization that is strong enough to be seen in the derivative. */
function strong(size: number): Attributes {
  return { size: int(size), alpha: float(0.9), beta: float(0.6), bias: float(0.8) };
}

/**
 * Local response normalization (Krizhevsky et al. 2012, sec. 3.3): y = x·D^−β, D = k + (α/size)·Σ x² over a window
 * of neighbouring channels. With Aᵀ the transpose of the mean over the window,
 *   dx = ct·D^−β − 2αβ·x·Aᵀ(ct·y/D).
 */
export const lrn = defineOperator({
  opType: 'LRN',
  attributes: { alpha: 'float', beta: 'float', bias: 'float', size: 'int' },
  infer: (context) => {
    const { size } = localResponseOf(context.node);
    if (size < 1) throw new LoupeError('badGraph', `its window of ${size} channels is empty.`);
    if (context.input(0).shape.length < 3)
      throw new LoupeError('badGraph', 'it needs a tensor [N, C, …pixels].');
    return likeInput()(context);
  },
  vjp: ({ b, ct, input, node, output }) => {
    const { div, mul, pow, sub } = arithmetic(b);
    const response = localResponseOf(node);
    const { alpha, beta, size } = response;
    const denominator = localDenominator(b, input(0), response);
    const spread = channelWindowMean(b, div(mul(ct, output(0)), denominator), size, true);
    return [sub(mul(ct, pow(denominator, -beta)), mul(mul(input(0), spread), 2 * alpha * beta))];
  },
  samples: [
    { title: 'an odd window', inputs: [{ dims: [2, 5, 3] }], attributes: strong(3) },
    { title: 'an even window', inputs: [{ dims: [1, 6, 2, 2] }], attributes: strong(4) },
    { title: 'wider than the channels', inputs: [{ dims: [2, 3, 2, 2] }], attributes: strong(5) },
  ],
});
