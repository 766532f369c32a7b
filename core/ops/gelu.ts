import { LoupeError } from '../base/errors.ts';
import { readString } from '../graph/attributes.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import { string } from '../graph/ir.ts';
import { defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { likeInput } from './shared/elementwise.ts';

const x = { dims: [2, 5], range: [-2, 2] } as const;

/**
 * y = x·Φ(x) with the normal distribution Φ, or its approximation by tanh (Hendrycks and Gimpel 2016).
 * dx = ct·(Φ(x) + x·Φ′(x)).
 */
export const gelu = defineOperator({
  opType: 'Gelu',
  attributes: { approximate: 'string' },
  infer: (context) => {
    const form = readString(context.node, 'approximate', 'none');
    if (form === 'none' || form === 'tanh') return likeInput()(context);
    throw new LoupeError('badGraph', `its attribute approximate is "${form}", not "none" or "tanh".`);
  },
  vjp: ({ b, ct, input, node }) => {
    const exact = readString(node, 'approximate', 'none') === 'none';
    const slope = exact ? exactSlope(b, input(0)) : tanhSlope(b, input(0));
    return [b.add('Mul', [ct, slope])];
  },
  samples: [
    { title: 'exact', inputs: [x] },
    { title: 'by tanh', inputs: [x], attributes: { approximate: string('tanh') } },
  ],
});

/** Φ(x) = (1 + erf(x/√2))/2 and Φ′(x) = e^(−x²/2)/√(2π). */
function exactSlope(b: GraphBuilder, name: string): string {
  const { add, apply, mul } = arithmetic(b);
  const distribution = mul(add(apply('Erf', mul(name, Math.SQRT1_2)), 1), 0.5);
  const density = mul(apply('Exp', mul(mul(name, name), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return add(distribution, mul(name, density));
}

/** Φ(x) ≈ (1 + t)/2 with t = tanh(c(x + kx³)), so Φ′(x) = (1 − t²)·c(1 + 3kx²)/2. */
function tanhSlope(b: GraphBuilder, name: string): string {
  const { add, apply, mul, sub } = arithmetic(b);
  const [c, k] = [Math.sqrt(2 / Math.PI), 0.044715];
  const square = mul(name, name);
  const t = apply('Tanh', mul(name, add(mul(square, c * k), c)));
  const density = mul(sub(1, mul(t, t)), add(mul(square, 1.5 * c * k), 0.5 * c));
  return add(mul(add(t, 1), 0.5), mul(name, density));
}
