import { normalizeAxis, sizeOf } from '../../base/shape.ts';
import { readInts } from '../../graph/attributes.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import { type Node, int } from '../../graph/ir.ts';
import { arithmetic } from './arithmetic.ts';
import { meanOver } from './reduce.ts';

/** What ONNX takes where a normalization says nothing. */
export const normalizationDefaults = { epsilon: 1e-5, momentum: 0.9 } as const;

/** x̂ = (x − μ)·r with r = (σ² + ε)^(−1/2); the statistics keep the axes they are taken over with size 1. */
export interface Standardized {
  readonly mean: string;
  readonly variance: string;
  readonly inverse: string;
  readonly centred: string;
  readonly normalized: string;
}

export function standardize(
  b: GraphBuilder,
  x: string,
  axes: readonly number[],
  epsilon: number,
): Standardized {
  const { add, apply, mul, sub } = arithmetic(b);
  const mean = meanOver(b, x, axes);
  const centred = sub(x, mean);
  const variance = meanOver(b, mul(centred, centred), axes);
  const inverse = apply('Reciprocal', apply('Sqrt', add(variance, epsilon)));
  return { mean, variance, inverse, centred, normalized: mul(centred, inverse) };
}

/**
 * Cotangent of x from the cotangent g of x̂. With dμ = mean(dx) and dr = −r²·mean(x̂·dx):
 *   dx = r · (g − mean(g) − x̂ · mean(g·x̂)).
 */
export function standardizeGradient(
  b: GraphBuilder,
  g: string,
  { normalized, inverse }: Pick<Standardized, 'normalized' | 'inverse'>,
  axes: readonly number[],
): string {
  const { mul, sub } = arithmetic(b);
  const projected = mul(normalized, meanOver(b, mul(g, normalized), axes));
  return mul(inverse, sub(sub(g, meanOver(b, g, axes)), projected));
}

/** Statistics of a batch a channel, [C]: r = (σ² + ε)^(−1/2). */
export interface BatchStatistics {
  readonly mean: string;
  readonly variance: string;
  readonly inverse: string;
  /** Elements that they are taken over. */
  readonly count: number;
}

/**
 * Mean and variance of each channel of x [N, C, …] by one look at it each, σ² = mean(x²) − μ²: half the work of centring first. The rounding
 * error of σ² is that of float32 sums times (1 + μ²/σ²), which behind a convolution is small (Flax takes the same shortcut).
 */
export function batchStatistics(b: GraphBuilder, x: string, epsilon: number): BatchStatistics {
  const { add, apply, mul, sub } = arithmetic(b);
  const shape = b.shapeOf(x);
  const axes = axesButChannel(shape.length);
  const count = axes.reduce((product, axis) => product * (shape[axis] ?? 1), 1);
  const mean = mul(channelSum(b, x), 1 / count);
  const squares = b.add('ReduceSumSquare', [x, b.axes(axes)], { keepdims: int(0) });
  const variance = b.add('Max', [sub(mul(squares, 1 / count), mul(mean, mean)), b.scalar(0)]);
  return { mean, variance, count, inverse: apply('Reciprocal', apply('Sqrt', add(variance, epsilon))) };
}

/** The shape [1, C, 1, …] that broadcasts one value a channel over a tensor [N, C, …] of `rank`. */
export function perChannelShape(channels: number, rank: number): number[] {
  return [1, channels, ...new Array<number>(Math.max(0, rank - 2)).fill(1)];
}

/** A vector [C] as [1, C, 1, …]. */
export function perChannel(b: GraphBuilder, vector: string, rank: number): string {
  return b.add('Reshape', [vector, b.axes(perChannelShape(sizeOf(b.shapeOf(vector)), rank))]);
}

/** The axes of a tensor [N, C, …] other than the channels. */
export function axesButChannel(rank: number): number[] {
  return Array.from({ length: rank }, (_, axis) => axis).filter((axis) => axis !== 1);
}

/** Σ over everything but the channels: [N, C, …] → [C]. */
export function channelSum(b: GraphBuilder, value: string): string {
  const axes = axesButChannel(b.shapeOf(value).length);
  return b.add('ReduceSum', [value, b.axes(axes)], { keepdims: int(0) });
}

/** Added to σ² so that √(σ² + ε) is the σ + 1e-9 of MeanVarianceNormalization, in float32, unless σ is tiny. */
export const meanVarianceEpsilon = 1e-18;

/** The axes over which a MeanVarianceNormalization takes its statistics. */
export function meanVarianceAxes(node: Node, rank: number): number[] {
  return readInts(node, 'axes', [0, 2, 3]).map((axis) => normalizeAxis(axis, rank));
}
