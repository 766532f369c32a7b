import { describe, expect, it } from 'vitest';
import { gaussLegendre, quadrature, quadratureNames } from '../../../core/base/quadrature.ts';

/** Nodes and weights on [−1, 1] from closed forms (Abramowitz and Stegun, table 25.4). */
const closed: readonly [number, number[], number[]][] = [
  [1, [0], [2]],
  [2, [-1 / Math.sqrt(3), 1 / Math.sqrt(3)], [1, 1]],
  [3, [-Math.sqrt(0.6), 0, Math.sqrt(0.6)], [5 / 9, 8 / 9, 5 / 9]],
  [
    4,
    [-1, -1, 1, 1].map((sign, k) => sign * Math.sqrt(3 / 7 + ((k % 3 === 0 ? 2 : -2) / 7) * Math.sqrt(1.2))),
    [-1, 1, 1, -1].map((sign) => (18 + sign * Math.sqrt(30)) / 36),
  ],
  [
    5,
    [-1, -1, 0, 1, 1].map(
      (sign, k) => (sign / 3) * Math.sqrt(5 + (k % 4 === 0 ? 2 : -2) * Math.sqrt(10 / 7)),
    ),
    [-1, 1, 0, 1, -1].map((sign) => (sign === 0 ? 128 / 225 : (322 + sign * 13 * Math.sqrt(70)) / 900)),
  ],
];

describe('Gauss and Legendre', () => {
  it.each(closed)('with %i nodes has the known ones', (count, nodes, weights) => {
    const found = gaussLegendre(count);
    found.nodes.forEach((node, k) => expect(2 * node - 1).toBeCloseTo(nodes[k] ?? Number.NaN, 14));
    found.weights.forEach((weight, k) => expect(2 * weight).toBeCloseTo(weights[k] ?? Number.NaN, 14));
  });

  it.each([1, 2, 7, 20, 50])('with %i nodes integrates x^k exactly up to k = 2n − 1', (count) => {
    const { nodes, weights } = gaussLegendre(count);
    for (let power = 0; power < 2 * count; power++) {
      const sum = nodes.reduce((total, node, k) => total + (weights[k] ?? 0) * node ** power, 0);
      expect(Math.abs(sum * (power + 1) - 1)).toBeLessThan(1e-12);
    }
  });

  it('with a thousand nodes is still increasing, symmetric and positive', () => {
    const { nodes, weights } = gaussLegendre(1000);
    nodes.slice(1).forEach((node, k) => expect(node).toBeGreaterThan(nodes[k] ?? 1));
    nodes.forEach((node, k) => expect(node + (nodes[999 - k] ?? 0)).toBeCloseTo(1, 14));
    expect(Math.min(...weights)).toBeGreaterThan(0);
  });
});

describe('every rule', () => {
  it.each(quadratureNames.flatMap((name) => [2, 3, 10, 50, 333].map((count) => [name, count] as const)))(
    '%s with %i nodes has weights that sum to 1 and nodes in [0, 1]',
    (name, count) => {
      const { nodes, weights } = quadrature(name, count);
      expect(nodes).toHaveLength(count);
      expect(Math.abs(weights.reduce((left, right) => left + right, 0) - 1)).toBeLessThan(1e-14);
      expect(nodes.every((node) => node >= 0 && node <= 1)).toBe(true);
    },
  );

  it('the trapezoid takes both ends with half a weight, and refuses one node', () => {
    expect(quadrature('riemannTrapezoid', 3)).toEqual({ nodes: [0, 0.5, 1], weights: [0.25, 0.5, 0.25] });
    expect(() => quadrature('riemannTrapezoid', 1)).toThrow('at least 2 steps');
  });
});
