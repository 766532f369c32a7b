import { expected } from '../base/errors.ts';
import { type Random, gaussianNoise } from '../base/random.ts';
import { type Shape, sizeOf } from '../base/shape.ts';
import type { Fans } from './fans.ts';
import { orthogonalRows } from './orthogonal.ts';

/** A parameter that wants values. */
export interface ParameterSpec extends Fans {
  readonly shape: Shape;
}

/** Draws the values of a parameter, row major. */
export type Initializer = (parameter: ParameterSpec, random: Random) => Float32Array;

/** What the units behind the weights do with the variance. */
export type Gain = 'linear' | 'sigmoid' | 'tanh' | 'relu' | 'leakyRelu' | 'selu';

export type Distribution = 'uniform' | 'normal';

/**
 * The factor by which weights have to be larger so that an activation keeps the variance, as PyTorch's `calculate_gain`:
 * relu √2, tanh 5/3, leakyRelu √(2/(1 + slope²)), selu 3/4, linear and sigmoid 1.
 */
export function gainOf(activation: Gain, slope = 0.01): number {
  switch (activation) {
    case 'linear':
    case 'sigmoid':
      return 1;
    case 'tanh':
      return 5 / 3;
    case 'relu':
      return Math.SQRT2;
    case 'leakyRelu':
      return Math.sqrt(2 / (1 + slope * slope));
    case 'selu':
      return 0.75;
  }
}

export function constant(value: number): Initializer {
  return ({ shape }) => new Float32Array(sizeOf(shape)).fill(value);
}

export const zeros = constant(0);
export const ones = constant(1);

/** Uniform in [low, high). */
export function uniform(low: number, high: number): Initializer {
  return ({ shape }, random) =>
    Float32Array.from({ length: sizeOf(shape) }, () => low + (high - low) * random.uniform());
}

export function normal(standardDeviation: number, mean = 0): Initializer {
  return ({ shape }, random) => {
    const values = gaussianNoise(random, sizeOf(shape), standardDeviation);
    return mean === 0 ? values : values.map((value) => value + mean);
  };
}

/**
 * Normal with mean 0, conditioned on [low, high] (absolute bounds, as in PyTorch's `trunc_normal_`): what falls outside is
 * drawn again.
 *
 * @throws LoupeError badArgument unless the interval holds 0 and is at least a tenth of a standard deviation wide.
 */
export function truncatedNormal(standardDeviation: number, low = -2, high = 2): Initializer {
  if (!(low <= 0 && high >= 0 && high - low >= standardDeviation / 10)) {
    throw expected('badArgument', {
      wanted: 'bounds on both sides of 0',
      for: `a truncated normal distribution of standard deviation ${standardDeviation}`,
      received: `[${low}, ${high}]`,
    });
  }
  return ({ shape }, random) => {
    const values = gaussianNoise(random, sizeOf(shape), standardDeviation);
    const isOutside = (value: number): boolean => value < low || value > high;
    return values.map((value) => {
      let drawn = value;
      while (isOutside(drawn)) drawn = random.normal() * standardDeviation;
      return drawn;
    });
  };
}

/** Draws values of mean 0 and the given standard deviation; a uniform one reaches to √3 of it. */
function spread(distribution: Distribution, deviationOf: (fans: Fans) => number): Initializer {
  return (parameter, random) => {
    const deviation = deviationOf(parameter);
    if (distribution === 'normal') return normal(deviation)(parameter, random);
    const bound = Math.sqrt(3) * deviation;
    return uniform(-bound, bound)(parameter, random);
  };
}

export interface KaimingOptions {
  /** Keep the variance of activations (`in`, the default) or of gradients (`out`). */
  readonly fan?: 'in' | 'out';
  readonly distribution?: Distribution;
  /** √2, for ReLU, unless told. */
  readonly gain?: number;
}

/** σ² = gain²/fan (He et al. 2015, eq. 10 and 14). */
export function kaiming(options: KaimingOptions = {}): Initializer {
  const { fan = 'in', distribution = 'normal', gain = gainOf('relu') } = options;
  return spread(distribution, ({ fanIn, fanOut }) => gain / Math.sqrt(fan === 'in' ? fanIn : fanOut));
}

/** σ² = gain²·2/(fanIn + fanOut) (Glorot and Bengio 2010, eq. 12 and 16). */
export function xavier(distribution: Distribution = 'uniform', gain = 1): Initializer {
  return spread(distribution, ({ fanIn, fanOut }) => gain * Math.sqrt(2 / (fanIn + fanOut)));
}

/** σ² = 1/fanIn (LeCun et al. 1998, "Efficient BackProp", eq. 16). */
export function lecun(distribution: Distribution = 'normal'): Initializer {
  return kaiming({ fan: 'in', distribution, gain: 1 });
}

/** Rows (or, where there are more rows than columns, columns) that are orthogonal and of length `gain` (Saxe et al. 2014). */
export function orthogonal(gain = 1): Initializer {
  return ({ shape }, random) => {
    const [rows = 1] = shape;
    return orthogonalRows(rows, sizeOf(shape) / rows, random, gain);
  };
}

/** PyTorch's own default for weights and biases of convolutions and linear layers: U(−1/√fanIn, 1/√fanIn). */
export const pytorchDefault: Initializer = kaiming({ distribution: 'uniform', gain: 1 / Math.sqrt(3) });
