import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../core/base/random.ts';
import { type Evaluation, type MinimiseOptions, minimise } from '../../../core/method/lbfgs.ts';

type Evaluate = (x: Float32Array) => Evaluation;

/** Runs to the end: the values after each iteration, how often the function was asked, and the minimum. */
async function run(evaluate: Evaluate, start: readonly number[], options: MinimiseOptions) {
  let evaluations = 0;
  const counted = (x: Float32Array): Promise<Evaluation> => {
    evaluations++;
    return Promise.resolve(evaluate(x));
  };
  const values: number[] = [];
  const search = minimise(counted, Float32Array.from(start), options);
  for (;;) {
    const next = await search.next();
    if (next.done === true) return { ...next.value, values, evaluations };
    values.push(next.value.value);
  }
}

const rosenbrock: Evaluate = (x) => {
  const [a = 0, b = 0] = x;
  return {
    value: 100 * (b - a * a) ** 2 + (1 - a) ** 2,
    gradient: Float32Array.of(-400 * a * (b - a * a) - 2 * (1 - a), 200 * (b - a * a)),
  };
};

/** ½ Σ h (x − c)², and its rotation-free gradient. */
const diagonal =
  (h: readonly number[], c: readonly number[]): Evaluate =>
  (x) => {
    const away = h.map((_, i) => (x[i] ?? 0) - (c[i] ?? 0));
    return {
      value: h.reduce((sum, each, i) => sum + 0.5 * each * (away[i] ?? 0) ** 2, 0),
      gradient: Float32Array.from(h, (each, i) => each * (away[i] ?? 0)),
    };
  };

/** A convex quadratic ½ xᵀA x − bᵀx with A = MMᵀ/n + I, and its exact minimum in a box by coordinate descent in float64. */
function boxedQuadratic(n: number, lower: number, upper: number) {
  const random = seededRandom(3);
  const m = Array.from({ length: n }, () => Array.from({ length: n }, () => random.normal()));
  const a = m.map((row, i) =>
    m.map(
      (other, j) => row.reduce((sum, value, k) => sum + value * (other[k] ?? 0), 0) / n + (i === j ? 1 : 0),
    ),
  );
  const b = Array.from({ length: n }, () => 2 * random.normal());
  const times = (x: ArrayLike<number>): number[] =>
    a.map((row) => row.reduce((sum, value, k) => sum + value * (x[k] ?? 0), 0));
  const exact = Array.from({ length: n }, () => 0);
  for (let sweep = 0; sweep < 500; sweep++) {
    for (let i = 0; i < n; i++) {
      const diagonalEntry = a[i]?.[i] ?? 1;
      const rest = (a[i] ?? []).reduce((sum, value, k) => sum + (k === i ? 0 : value * (exact[k] ?? 0)), 0);
      exact[i] = Math.min(upper, Math.max(lower, ((b[i] ?? 0) - rest) / diagonalEntry));
    }
  }
  const evaluate: Evaluate = (x) => {
    const product = times(x);
    return {
      value: product.reduce((sum, p, i) => sum + (0.5 * p - (b[i] ?? 0)) * (x[i] ?? 0), 0),
      gradient: Float32Array.from(product, (p, i) => p - (b[i] ?? 0)),
    };
  };
  return { evaluate, exact };
}

describe('limited-memory BFGS', () => {
  it('finds the minimum of the Rosenbrock function to 1e-6, and its value never rises', async () => {
    const { x, value, values, evaluations } = await run(rosenbrock, [-1.2, 1], { iterations: 100 });
    expect(Math.abs((x[0] ?? 0) - 1)).toBeLessThan(1e-6);
    expect(Math.abs((x[1] ?? 0) - 1)).toBeLessThan(1e-6);
    expect(value).toBeLessThan(1e-12);
    expect(values).toEqual(values.toSorted((p, q) => q - p));
    // Nearly one evaluation a step (a textbook BFGS with this line search needs about 50).
    expect(evaluations).toBeLessThan(60);
  });

  it('finds the constrained minimum of the Rosenbrock function, which lies on a bound', async () => {
    const { x } = await run(rosenbrock, [-1.2, 1], { iterations: 200, upper: 0.5 });
    // With a ≤ 0.5 and b ≤ 0.5 the minimum is at a = 0.5, b = a².
    expect(x[0]).toBe(0.5);
    expect(x[1]).toBeCloseTo(0.25, 6);
  });

  it('solves a convex quadratic between bounds exactly: the same variables at the bounds, the others to 1e-5', async () => {
    const { evaluate, exact } = boxedQuadratic(40, -0.5, 0.7);
    const { x } = await run(
      evaluate,
      exact.map(() => 0.1),
      { iterations: 200, history: 8, lower: -0.5, upper: 0.7 },
    );
    const atBound = (value: number): boolean => value === -0.5 || Math.fround(value) === Math.fround(0.7);
    expect(exact.filter(atBound).length).toBeGreaterThan(10);
    expect(exact.filter(atBound).length).toBeLessThan(35);
    exact.forEach((value, i) => {
      expect(atBound(x[i] ?? 0)).toBe(atBound(value));
      expect(Math.abs((x[i] ?? 0) - value)).toBeLessThan(1e-5);
    });
  });

  it('needs far fewer evaluations than gradient descent with the best fixed step on an ill-conditioned quadratic', async () => {
    const h = Array.from({ length: 50 }, (_, i) => 10 ** ((4 * i) / 49));
    const c = h.map((_, i) => Math.sin(i));
    const f = diagonal(h, c);
    const start = h.map(() => 0);
    const { value, evaluations } = await run(f, start, { iterations: 100 });
    const x = Float64Array.from(start);
    for (let step = 0; step < evaluations; step++) {
      const { gradient } = f(Float32Array.from(x));
      gradient.forEach((slope, i) => (x[i] = (x[i] ?? 0) - (2 / (1 + 1e4)) * slope));
    }
    expect(value).toBeLessThan(1e-3 * f(Float32Array.from(x)).value);
  });

  it('ends at the tolerance, and at once where nothing is to be gained', async () => {
    const f = diagonal([1, 3, 10], [1, 2, 3]);
    const exact = await run(f, [0, 0, 0], { iterations: 100 });
    const rough = await run(f, [0, 0, 0], { iterations: 100, tolerance: 1e-2 });
    expect(rough.values.length).toBeLessThan(exact.values.length);
    expect(Math.max(...f(rough.x).gradient.map(Math.abs))).toBeLessThanOrEqual(1e-2);
    const there = await run(f, [1, 2, 3], { iterations: 100 });
    expect(there).toMatchObject({ evaluations: 1, values: [] });
    const cornered = await run(f, [0, 0, 0], { iterations: 100, upper: 0 });
    expect(cornered).toMatchObject({ evaluations: 1, values: [] });
  });

  it('does as many iterations as it is told, and repeats itself bit for bit', async () => {
    const first = await run(rosenbrock, [-1.2, 1], { iterations: 7 });
    const second = await run(rosenbrock, [-1.2, 1], { iterations: 7 });
    expect(first.values).toHaveLength(7);
    expect(second).toEqual(first);
  });
});

describe('limited-memory BFGS on awkward functions', () => {
  it('shortens its step where the function is not finite', async () => {
    // −log x + x: infinite from 0 on, minimum at 1; the first step of length 1 from 0.4 overshoots to where it is steep.
    const barrier: Evaluate = (x) => {
      const [a = 0] = x;
      const inside = a > 0 && a < 1.05;
      return {
        value: inside ? a - Math.log(a) : NaN,
        gradient: Float32Array.of(inside ? 1 - 1 / a : Infinity),
      };
    };
    const { x, values } = await run(barrier, [0.4], { iterations: 50 });
    expect(x[0]).toBeCloseTo(1, 5);
    expect(values.every(Number.isFinite)).toBe(true);
  });

  it('goes on where the curvature is negative', async () => {
    // cos has a maximum at 0: the first step begins where the curvature is negative, and must end at an odd multiple of π.
    const wave: Evaluate = (x) => ({
      value: Math.cos(x[0] ?? 0),
      gradient: Float32Array.of(-Math.sin(x[0] ?? 0)),
    });
    const { x } = await run(wave, [0.1], { iterations: 50 });
    expect(Math.cos(x[0] ?? 0)).toBeCloseTo(-1, 9);
  });

  it('refuses a start where the function is not finite, and a gradient of another length', async () => {
    const start = [0];
    await expect(
      run(() => ({ value: NaN, gradient: Float32Array.of(1) }), start, { iterations: 1 }),
    ).rejects.toThrow('Expected a finite value and gradient where the search starts');
    await expect(
      run(() => ({ value: 1, gradient: Float32Array.of(1, 2) }), start, { iterations: 1 }),
    ).rejects.toThrow('Expected 1 numbers, one a variable, for the gradient but received 2');
  });
});
