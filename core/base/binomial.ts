import { LoupeError } from './errors.ts';

/** Bounds of a probability. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Terms smaller than this, relative to the greatest, are lost in the sum of a double. */
const negligible = 1e-20;

/**
 * The exact interval of Clopper and Pearson (1934) for the probability of a success, of which `successes` were seen in `trials`:
 *   P(X ≥ successes | low) = (1 − confidence)/2 = P(X ≤ successes | high).
 * It covers the probability at least as often as `confidence` says.
 */
export function clopperPearson(successes: number, trials: number, confidence = 0.95): Interval {
  const valid =
    Number.isInteger(successes) && Number.isInteger(trials) && successes >= 0 && successes <= trials;
  if (!valid || trials === 0) {
    throw new LoupeError(
      'badArgument',
      `Expected 0 to n successes of n ≥ 1 trials for an interval but received ${successes} of ${trials}.`,
    );
  }
  const tail = (1 - confidence) / 2;
  return {
    low: successes === 0 ? 0 : rootOf((p) => upperTail(successes, trials, p) - tail),
    high: successes === trials ? 1 : rootOf((p) => upperTail(successes + 1, trials, p) - (1 - tail)),
  };
}

/**
 * P(X ≥ k) for X ~ Binomial(n, p): the terms from k on over all terms, each found from its neighbour by
 *   P(i + 1)/P(i) = (n − i)/(i + 1) · p/(1 − p),
 * outwards from the greatest one, until they are negligible. No factorial, and no term overflows.
 */
export function upperTail(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  if (p <= 0 || p >= 1) return p >= 1 ? 1 : 0;
  const odds = p / (1 - p);
  const mode = Math.min(n, Math.floor((n + 1) * p));
  let [below, above] = [0, 0];
  const count = (i: number, term: number): void => {
    if (i >= k) above += term;
    else below += term;
  };
  count(mode, 1);
  for (let i = mode, term = 1; i < n && term > negligible; i++) {
    term *= ((n - i) / (i + 1)) * odds;
    count(i + 1, term);
  }
  for (let i = mode, term = 1; i > 0 && term > negligible; i--) {
    term *= i / (n - i + 1) / odds;
    count(i - 1, term);
  }
  return above / (above + below);
}

/** The root in [0, 1] of an increasing function, by halving until doubles end. */
function rootOf(increasing: (p: number) => number): number {
  let [low, high] = [0, 1];
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (increasing(middle) < 0) low = middle;
    else high = middle;
  }
}
