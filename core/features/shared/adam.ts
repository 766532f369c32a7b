import type { GraphBuilder } from '../../graph/builder.ts';
import { arithmetic } from '../../ops/shared/arithmetic.ts';

/** What Adam keeps of the past, as names of values of θ's shape. */
export interface AdamMoments {
  readonly mean: string;
  readonly square: string;
}

export interface AdamQuestion extends AdamMoments {
  readonly theta: string;
  /** Slope of what is maximised. */
  readonly gradient: string;
  /** Scalar t = 1, 2, … */
  readonly step: string;
  /** Scalar. */
  readonly learningRate: string;
}

const [decayOfMean, decayOfSquare, stabilizer] = [0.9, 0.999, 1e-8];

/**
 * Emits one step of Adam uphill (Kingma and Ba 2015, algorithm 1): m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g²,
 * θ ← θ + α m̂ / (√v̂ + ε), m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ). It goes by the size of α whatever the unit of g.
 */
export function emitAdamStep(b: GraphBuilder, question: AdamQuestion): AdamMoments & { theta: string } {
  const { add, apply, div, mul, pow, sub } = arithmetic(b);
  const { theta, gradient, step, learningRate } = question;
  const blend = (before: string, now: string, decay: number): string =>
    add(mul(before, decay), mul(now, 1 - decay));
  const unbiased = (moment: string, decay: number): string => div(moment, sub(1, pow(decay, step)));
  const mean = blend(question.mean, gradient, decayOfMean);
  const square = blend(question.square, mul(gradient, gradient), decayOfSquare);
  const length = add(apply('Sqrt', unbiased(square, decayOfSquare)), stabilizer);
  const move = mul(div(unbiased(mean, decayOfMean), length), learningRate);
  return { theta: add(theta, move), mean, square };
}
