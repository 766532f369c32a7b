import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../core/base/random.ts';
import { fansOf } from '../../../core/nn/fans.ts';
import { initializerOf, initializerSchema } from '../../../core/nn/initialization.ts';
import {
  type Initializer,
  constant,
  gainOf,
  kaiming,
  lecun,
  normal,
  orthogonal,
  pytorchDefault,
  truncatedNormal,
  uniform,
  xavier,
} from '../../../core/nn/initializers.ts';

/** A convolution of 3×3: 64 inputs, 96 outputs. */
const shape = [96, 64, 3, 3];
const [fanIn, fanOut] = [64 * 9, 96 * 9];

const draw = (initializer: Initializer, dims: readonly number[] = shape, seed = 5): Float32Array =>
  initializer({ shape: dims, ...fansOf(dims) }, seededRandom(seed));

function moments(values: Float32Array): {
  mean: number;
  variance: number;
  greatest: number;
  kurtosis: number;
} {
  const sum = (of: (value: number) => number): number =>
    values.reduce((total, value) => total + of(value), 0);
  const mean = sum((value) => value) / values.length;
  const variance = sum((value) => (value - mean) ** 2) / values.length;
  const kurtosis = sum((value) => (value - mean) ** 4) / values.length / variance ** 2;
  return { mean, variance, greatest: sum(() => 0) + Math.max(...values.map(Math.abs)), kurtosis };
}

/** 55,296 draws: the variance is known to 3 standard errors of √(2/n) = 0.6 %. */
const tolerance = 0.02;

const variances: readonly [
  title: string,
  initializer: Initializer,
  variance: number,
  kind: 'uniform' | 'normal',
][] = [
  ['Kaiming normal by fan in', kaiming(), 2 / fanIn, 'normal'],
  ['Kaiming normal by fan out', kaiming({ fan: 'out' }), 2 / fanOut, 'normal'],
  ['Kaiming uniform by fan in', kaiming({ distribution: 'uniform' }), 2 / fanIn, 'uniform'],
  ['Kaiming for tanh', kaiming({ gain: gainOf('tanh') }), 25 / 9 / fanIn, 'normal'],
  ['Kaiming for a leaky ReLU', kaiming({ gain: gainOf('leakyRelu', 0.5) }), 2 / 1.25 / fanIn, 'normal'],
  ['Xavier uniform', xavier(), 2 / (fanIn + fanOut), 'uniform'],
  ['Xavier normal', xavier('normal', 2), 8 / (fanIn + fanOut), 'normal'],
  ['LeCun', lecun(), 1 / fanIn, 'normal'],
  ['normal', normal(0.3, 1), 0.09, 'normal'],
  ['PyTorch’s default', pytorchDefault, 1 / (3 * fanIn), 'uniform'],
];

describe('initializers', () => {
  it.each(variances)('draw the variance and the shape of %s', (title, initializer, variance, kind) => {
    const found = moments(draw(initializer));
    expect(Math.abs(found.variance / variance - 1)).toBeLessThan(tolerance);
    expect(Math.abs(found.mean - (title === 'normal' ? 1 : 0))).toBeLessThan(
      4 * Math.sqrt(variance / 55_296),
    );
    // 3 for a normal distribution, 1.8 for a uniform one.
    expect(Math.abs(found.kurtosis - (kind === 'normal' ? 3 : 1.8))).toBeLessThan(0.1);
    if (kind === 'uniform') expect(found.greatest).toBeLessThanOrEqual(Math.fround(Math.sqrt(3 * variance)));
  });

  it('fill with a constant, and keep a uniform range', () => {
    expect(draw(constant(0.5), [2, 2])).toEqual(Float32Array.of(0.5, 0.5, 0.5, 0.5));
    const values = draw(uniform(2, 3));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...values)).toBeLessThanOrEqual(3);
    expect(moments(values).mean).toBeCloseTo(2.5, 2);
  });

  it('cut a normal distribution: within the bounds, with the variance that is left', () => {
    const found = moments(draw(truncatedNormal(1, -1, 1)));
    expect(found.greatest).toBeLessThanOrEqual(1);
    // 1 − 2·φ(1)/(2Φ(1) − 1) = 0.29112
    expect(Math.abs(found.variance / 0.29112 - 1)).toBeLessThan(tolerance);
    expect(() => truncatedNormal(0.1, 1, 2)).toThrow(
      'Expected bounds on both sides of 0 for a truncated normal distribution of standard deviation 0.1 but received [1, 2].',
    );
  });

  it.each([
    [20, 50],
    [50, 20],
    [24, 24],
  ])('make orthogonal matrices of %i by %i', (rows, columns) => {
    const values = draw(orthogonal(1.5), [rows, columns]);
    const row = (index: number) => values.subarray(index * columns, (index + 1) * columns);
    const column = (index: number) =>
      Float32Array.from({ length: rows }, (_, at) => Number(values[at * columns + index]));
    const vector = rows <= columns ? row : column;
    const count = Math.min(rows, columns);
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < count; j++) {
        const product = vector(i).reduce((sum, value, at) => sum + value * Number(vector(j)[at]), 0);
        expect(Math.abs(product - (i === j ? 2.25 : 0))).toBeLessThan(1e-6);
      }
    }
  });

  it('draw orthogonal matrices whose determinant has either sign, as they should uniformly', () => {
    const signs = Array.from({ length: 40 }, (_, seed) => {
      const [a = 0, b = 0, c = 0, d = 0] = draw(orthogonal(), [2, 2], seed);
      return Math.sign(a * d - b * c);
    });
    expect(new Set(signs)).toEqual(new Set([1, -1]));
  });

  it('flatten the kernels of a convolution before they make them orthogonal', () => {
    const values = draw(orthogonal(), [4, 2, 3, 3]);
    const product = values
      .subarray(0, 18)
      .reduce((sum, value, at) => sum + value * Number(values[18 + at]), 0);
    expect(Math.abs(product)).toBeLessThan(1e-6);
  });
});

describe('a recipe', () => {
  it('names every initializer, and fills in what it does not say', () => {
    const choices = [
      { kind: 'kaiming' },
      { kind: 'kaiming', fan: 'out', distribution: 'uniform', activation: 'tanh' },
      { kind: 'xavier' },
      { kind: 'lecun' },
      { kind: 'orthogonal', gain: 2 },
      { kind: 'constant', value: 3 },
      { kind: 'normal', deviation: 0.1 },
      { kind: 'truncatedNormal', deviation: 1, low: -1, high: 1 },
      { kind: 'uniform', low: -1, high: 1 },
      { kind: 'pytorch' },
    ];
    const same = [
      kaiming(),
      kaiming({ fan: 'out', distribution: 'uniform', gain: 5 / 3 }),
      xavier(),
      lecun(),
      orthogonal(2),
      constant(3),
      normal(0.1),
      truncatedNormal(1, -1, 1),
      uniform(-1, 1),
      pytorchDefault,
    ];
    choices.forEach((choice, index) => {
      const named = initializerOf(initializerSchema.parse(choice));
      expect(draw(named, [6, 4])).toEqual(draw(same[index] ?? constant(Number.NaN), [6, 4]));
    });
    expect(initializerSchema.safeParse({ kind: 'kaiming', fan: 'both' }).success).toBe(false);
  });
});
