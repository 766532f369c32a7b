import { z } from 'zod';
import type { GraphBuilder } from '../../../graph/builder.ts';
import { arithmetic } from '../../../ops/shared/arithmetic.ts';
import type { Update, UpdateValues } from '../define.ts';
import { averageDecay, stabilizer } from './params.ts';

export const momentParams = {
  meanDecay: averageDecay(0.9, 'β₁'),
  squareDecay: averageDecay(0.999, 'β₂'),
  stabilizer: stabilizer(),
};

export type MomentParams = z.output<z.ZodObject<typeof momentParams>>;

/** 1/(1 − β₁ᵗ) and 1/√(1 − β₂ᵗ): in float32 the second would be off by 10⁻⁵ in the first steps. */
export const momentScalars = (step: number, { meanDecay, squareDecay }: MomentParams) => ({
  meanFactor: 1 / (1 - meanDecay ** step),
  rootFactor: 1 / Math.sqrt(1 - squareDecay ** step),
});

export const momentNames = ['mean', 'square'] as const;

/**
 * Kingma and Ba 2015, algorithm 1: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g²,
 * θ ← from − η·m/(1 − β₁ᵗ) / (√v/√(1 − β₂ᵗ) + ε).
 */
export function emitMomentStep(
  b: GraphBuilder,
  { learningRate, state, scalars }: UpdateValues,
  { from, slope }: { from: string; slope: string },
  given: MomentParams,
): Update {
  const { add, apply, div, mul, sub } = arithmetic(b);
  const blend = (before: string | undefined, now: string, decay: number): string =>
    add(mul(before ?? '', decay), mul(now, 1 - decay));
  const mean = blend(state['mean'], slope, given.meanDecay);
  const square = blend(state['square'], mul(slope, slope), given.squareDecay);
  const length = add(mul(apply('Sqrt', square), scalars['rootFactor'] ?? ''), given.stabilizer);
  const rate = mul(learningRate, scalars['meanFactor'] ?? '');
  return { theta: sub(from, mul(div(mean, length), rate)), state: { mean, square } };
}
