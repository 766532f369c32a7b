import { expected } from './errors.ts';

export const quadratureNames = [
  'gaussLegendre',
  'riemannLeft',
  'riemannRight',
  'riemannMiddle',
  'riemannTrapezoid',
] as const;

export type QuadratureName = (typeof quadratureNames)[number];

/** ∫₀¹ f ≈ Σ_k weights_k · f(nodes_k); the weights sum to 1, so that constants are integrated exactly. */
export interface Quadrature {
  readonly nodes: readonly number[];
  readonly weights: readonly number[];
}

/**
 * A rule with `count` evaluations on [0, 1].
 *
 * @throws LoupeError badArgument for a trapezoid rule of one node: it needs both ends.
 */
export function quadrature(name: QuadratureName, count: number): Quadrature {
  const at = (place: (k: number) => number): number[] => Array.from({ length: count }, (_, k) => place(k));
  switch (name) {
    case 'gaussLegendre':
      return gaussLegendre(count);
    case 'riemannLeft':
      return { nodes: at((k) => k / count), weights: at(() => 1 / count) };
    case 'riemannRight':
      return { nodes: at((k) => (k + 1) / count), weights: at(() => 1 / count) };
    case 'riemannMiddle':
      return { nodes: at((k) => (k + 0.5) / count), weights: at(() => 1 / count) };
    case 'riemannTrapezoid': {
      if (count < 2) {
        throw expected('badArgument', {
          wanted: 'at least 2 steps',
          for: 'the trapezoid rule, which takes both ends,',
          received: String(count),
        });
      }
      // n nodes bound n − 1 intervals, so the inner weights are 1/(n − 1), not 1/n.
      const intervals = count - 1;
      const isEnd = (k: number): boolean => k === 0 || k === intervals;
      return {
        nodes: at((k) => k / intervals),
        weights: at((k) => (isEnd(k) ? 0.5 : 1) / intervals),
      };
    }
  }
}

/**
 * Gauss and Legendre's rule: nodes (1 + x)/2 at the roots x of P_n, weights 1/((1 − x²) P_n′(x)²). Roots by Newton's
 * method from Tricomi's approximation cos(π(k + 3/4)/(n + 1/2)), k from 0; exact for polynomials up to degree 2n − 1.
 */
export function gaussLegendre(count: number): Quadrature {
  const nodes = new Array<number>(count);
  const weights = new Array<number>(count);
  for (let k = 0; k < Math.ceil(count / 2); k++) {
    let x = Math.cos((Math.PI * (k + 0.75)) / (count + 0.5));
    for (let iteration = 0, step = 1; Math.abs(step) > 1e-15 && iteration < 100; iteration++) {
      const { value, slope } = legendre(count, x);
      step = value / slope;
      x -= step;
    }
    // The middle root of an odd rule is 0, which Newton reaches only up to rounding.
    if (2 * k + 1 === count) x = 0;
    const { slope } = legendre(count, x);
    const weight = 1 / ((1 - x * x) * slope * slope);
    nodes[k] = (1 - x) / 2;
    nodes[count - 1 - k] = (1 + x) / 2;
    weights[k] = weight;
    weights[count - 1 - k] = weight;
  }
  const sum = weights.reduce((left, right) => left + right, 0);
  return { nodes, weights: weights.map((weight) => weight / sum) };
}

/** P_n(x) and P_n′(x) by (k + 1) P_{k+1} = (2k + 1) x P_k − k P_{k−1} and (x² − 1) P_n′ = n (x P_n − P_{n−1}). */
function legendre(count: number, x: number): { value: number; slope: number } {
  let [before, value] = [1, x];
  for (let k = 1; k < count; k++) {
    [before, value] = [value, ((2 * k + 1) * x * value - k * before) / (k + 1)];
  }
  return { value, slope: (count * (x * value - before)) / (x * x - 1) };
}
