import type { Random } from '../../base/random.ts';

/** Which image an example is mixed with, and how much of its own it keeps. */
export interface Mix {
  readonly partner: number;
  readonly weight: number;
}

/**
 * x̃ = λ xᵢ + (1 − λ) xⱼ, ỹ = λ yᵢ + (1 − λ) yⱼ, λ ~ Beta(α, α) (Zhang et al. 2018, eq. 1). The partner j comes from the whole set, not
 * from the batch, so that an example does not depend on its neighbours.
 */
export function drawMix(random: Random, alpha: number, length: number): Mix {
  const [own, other] = [gamma(random, alpha), gamma(random, alpha)];
  // Two draws that underflow, of a tiny α, are the limit: all or nothing.
  const weight = own + other > 0 ? own / (own + other) : 1;
  return { partner: random.integer(length), weight };
}

/** Of shape α and scale 1 (Marsaglia and Tsang 2000); for α < 1 as Gamma(α + 1) U^(1/α). */
function gamma(random: Random, alpha: number): number {
  if (alpha < 1) return gamma(random, alpha + 1) * (1 - random.uniform()) ** (1 / alpha);
  const d = alpha - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    const u = 1 - random.uniform();
    if (Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}
