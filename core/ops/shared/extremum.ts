import { arithmetic } from './arithmetic.ts';
import { reductionOf, sumOver } from './reduce.ts';
import type { Sample, VjpContext } from '../define.ts';

/**
 * Cotangents of y = max(x₁, …, xₙ) or min: every input that attains the extremum gets an equal share,
 *   dxᵢ = ct · 1[xᵢ = y] / #{j : xⱼ = y},
 * so a tie of two gives half to each, as torch.maximum does.
 */
export function elementwiseExtremum({ b, ct, inputs, output, needs }: VjpContext): (string | undefined)[] {
  if (inputs.length === 1) return [ct];
  const { add, div, equal, mul, where } = arithmetic(b);
  const masks = inputs.map((input) => where(equal(input, output(0)), 1, 0));
  const share = div(ct, masks.reduce(add));
  return masks.map((mask, index) => (needs(index) ? mul(share, mask) : undefined));
}

/** As `elementwiseExtremum`, for a reduction: the elements that attain it share equally, as torch.amax does. */
export function reducedExtremum(context: VjpContext): string[] {
  const { b } = context;
  const { x, axes, ct, y } = reductionOf(context);
  const { div, equal, mul, where } = arithmetic(b);
  const mask = where(equal(x, y()), 1, 0);
  return [mul(mask, div(ct, sumOver(b, mask, axes)))];
}

/** Samples of Max and Min. */
export const extremumSamples: readonly Sample[] = [
  {
    title: 'two inputs',
    inputs: [
      { dims: [2, 3], range: [-1, -0.1] },
      { dims: [2, 3], range: [0.1, 1] },
    ],
  },
  {
    title: 'three inputs, broadcast',
    inputs: [
      { dims: [2, 3], distinct: true },
      { dims: [1], range: [0.15, 0.18] },
      { dims: [2, 1], range: [-0.18, -0.15] },
    ],
  },
  { title: 'one input', inputs: [{ dims: [4] }] },
];
