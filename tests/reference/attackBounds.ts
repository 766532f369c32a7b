/**
 * What no attack on a linear score w·x can better, by bisection in float64. The perturbation that gains most for its L2 norm is
 * δᵢ(λ) = clip(λwᵢ, −xᵢ, 1 − xᵢ) for some λ ≥ 0 (water-filling: pixels stop at black and white, the others go on).
 */
function perturbation(w: ArrayLike<number>, x: ArrayLike<number>, level: number): number[] {
  return Array.from({ length: w.length }, (_, i) =>
    Math.min(1 - (x[i] ?? 0), Math.max(-(x[i] ?? 0), level * (w[i] ?? 0))),
  );
}

export const norm2 = (values: readonly number[]): number => Math.hypot(...values);

export const dot = (w: ArrayLike<number>, values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < w.length; i++) sum += (w[i] ?? 0) * (values[i] ?? 0);
  return sum;
};

/** The perturbation of the greatest λ for which `fits` holds; all of them if it always does. */
function bisect(
  w: ArrayLike<number>,
  x: ArrayLike<number>,
  fits: (delta: readonly number[]) => boolean,
): number[] {
  let [low, high] = [0, 1];
  while (fits(perturbation(w, x, high)) && high < 1e12) high *= 2;
  for (let step = 0; step < 200; step++) {
    const middle = (low + high) / 2;
    if (fits(perturbation(w, x, middle))) low = middle;
    else high = middle;
  }
  return perturbation(w, x, low);
}

/** max w·δ over ‖δ‖₂ ≤ ε with x + δ in [0, 1]. */
export function greatestGainL2(w: ArrayLike<number>, x: ArrayLike<number>, epsilon: number): number {
  return dot(
    w,
    bisect(w, x, (delta) => norm2(delta) <= epsilon),
  );
}

/** max w·δ over ‖δ‖∞ ≤ ε with x + δ in [0, 1]: each pixel goes as far as it may. */
export function greatestGainLinf(w: ArrayLike<number>, x: ArrayLike<number>, epsilon: number): number {
  let sum = 0;
  for (let i = 0; i < w.length; i++) {
    const [slope, value] = [w[i] ?? 0, x[i] ?? 0];
    sum += Math.abs(slope) * Math.min(epsilon, slope > 0 ? 1 - value : value);
  }
  return sum;
}

/** min ‖δ‖₂ over w·δ ≥ gain with x + δ in [0, 1]. */
export function smallestL2(w: ArrayLike<number>, x: ArrayLike<number>, gain: number): number {
  return norm2(bisect(w, x, (delta) => dot(w, delta) < gain));
}
