import { defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import {
  evaluateReduce,
  reduceForm,
  reduceSamples,
  reduceTypes,
  reductionOf,
  sumOver,
} from './shared/reduce.ts';

/**
 * y = Π x over the axes; dxᵢ = ct·Π_{j≠i} xⱼ.
 * With p the product of the nonzero elements, that is ct·p/xᵢ where no other element is zero, and 0 where one is
 * (xᵢ itself replaced by 1 if it is zero).
 */
export const reduceProd = defineOperator({
  opType: 'ReduceProd',
  ...reduceForm,
  infer: reduceTypes,
  vjp: (context) => {
    const { b } = context;
    const { axes, ct, x } = reductionOf(context);
    const { div, equal, mul, sub, where } = arithmetic(b);
    const isZero = equal(x, 0);
    const nonzero = where(isZero, 1, x);
    const zeros = where(isZero, 1, 0);
    const otherZeros = sub(sumOver(b, zeros, axes), zeros);
    const product = axes.length === 0 ? nonzero : b.add('ReduceProd', [nonzero, b.axes(axes)]);
    return [mul(ct, where(equal(otherZeros, 0), div(product, nonzero), 0))];
  },
  evaluate: evaluateReduce((values) => values.reduce((product, value) => product * value, 1)),
  samples: reduceSamples({ range: [0.6, 1.4] }),
});
