import { afterAll, describe, expect, it } from 'vitest';
import { greatestDifference, listNodes } from '../../../core/lessons/shared/computationGraph.ts';
import {
  closedForm,
  distanceBetween,
  linearData,
  meanSquaredErrorOf,
} from '../../../core/lessons/shared/linearData.ts';
import { solve } from '../../../core/lessons/shared/solve.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';

const runtime = new Runtime();
afterAll(() => runtime.dispose());

describe('a linear system', () => {
  it('is solved, also where its first pivot is zero', () => {
    const x = solve(
      [
        [0, 2, 1],
        [1, -1, 0],
        [3, 0, -2],
      ],
      [7, -1, -3],
    );
    [1, 2, 3].forEach((wanted, index) => {
      expect(x[index]).toBeCloseTo(wanted, 12);
    });
  });

  it('is refused where it has no single solution', () => {
    const singular = [
      [1, 2],
      [2, 4],
    ];
    expect(() => solve(singular, [1, 2])).toThrow('no single solution');
  });
});

describe('the closed solution', () => {
  const data = linearData(5, { length: 40, width: 4, noise: 0.5 });

  it.each([0, 0.3])('is the minimum: every step away raises the objective (λ = %s)', (lambda) => {
    const solution = closedForm(data, lambda);
    const objective = (model: typeof solution): number =>
      meanSquaredErrorOf(data, model) +
      lambda * model.weights.reduce((sum, weight) => sum + weight * weight, 0);
    const least = objective(solution);
    for (const step of [-1e-3, 1e-3]) {
      solution.weights.forEach((_, moved) => {
        const weights = solution.weights.map((weight, j) => (j === moved ? weight + step : weight));
        expect(objective({ ...solution, weights })).toBeGreaterThan(least);
      });
      expect(objective({ ...solution, bias: solution.bias + step })).toBeGreaterThan(least);
    }
  });

  it('is found again from data without noise', () => {
    const exact = linearData(6, { length: 20, width: 3, noise: 0 });
    const solution = closedForm(exact);
    expect(meanSquaredErrorOf(exact, solution)).toBeLessThan(1e-10);
    expect(distanceBetween(solution, { ...solution, bias: solution.bias + 2 })).toBeCloseTo(2, 12);
  });
});

describe('the computation graph', () => {
  const point = { x: [0.5, -2, 3], y: 0.7, w: [1.1, 0.4, -0.6], b: -0.3, lambda: 0.25 };

  it('lists values and derivatives that agree with central differences of the objective', async () => {
    const objective = ({ x, y, w, b, lambda }: typeof point): number => {
      const prediction = w.reduce((sum, weight, j) => sum + weight * (x[j] ?? 0), b);
      return (y - prediction) ** 2 + lambda * w.reduce((sum, weight) => sum + weight * weight, 0);
    };
    const nodes = await listNodes(runtime, point);
    const derivativeOf = (name: string): number =>
      nodes.find(({ node }) => node === name)?.derivative ?? Number.NaN;
    const step = 1e-5;
    const slope = (at: (change: number) => typeof point): number =>
      (objective(at(step)) - objective(at(-step))) / (2 * step);
    const moved = (values: readonly number[], index: number, change: number): number[] =>
      values.map((value, j) => (j === index ? value + change : value));
    point.w.forEach((_, j) => {
      expect(derivativeOf(`w${j + 1}`)).toBeCloseTo(
        slope((change) => ({ ...point, w: moved(point.w, j, change) })),
        4,
      );
      expect(derivativeOf(`x${j + 1}`)).toBeCloseTo(
        slope((change) => ({ ...point, x: moved(point.x, j, change) })),
        4,
      );
    });
    expect(derivativeOf('b')).toBeCloseTo(
      slope((change) => ({ ...point, b: point.b + change })),
      4,
    );
    expect(derivativeOf('y')).toBeCloseTo(
      slope((change) => ({ ...point, y: point.y + change })),
      4,
    );
    expect(nodes.at(-1)?.value).toBeCloseTo(objective(point), 5);
    expect(greatestDifference(nodes)).toBeLessThan(1e-5);
  });

  it('notices a derivative that is wrong', async () => {
    const nodes = await listNodes(runtime, point);
    const wrong = nodes.map((node) => (node.node === 'r' ? { ...node, derivative: -node.derivative } : node));
    expect(greatestDifference(wrong)).toBeGreaterThan(1);
  });
});
