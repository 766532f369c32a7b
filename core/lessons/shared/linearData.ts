import { randomOf } from '../../data/seeds.ts';
import { type Examples, valueExamples } from '../../training/examples.ts';
import { mean } from './series.ts';
import { solve } from './solve.ts';

/** Rows x with y = wᵀx + b + noise. */
export interface LinearData {
  /** [n, d]. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly width: number;
}

export interface LinearModel {
  readonly weights: readonly number[];
  readonly bias: number;
}

/** Standard normal inputs, with true weights between −2 and 2 and normal noise. */
export function linearData(seed: number, size: { length: number; width: number; noise: number }): LinearData {
  const { length, width, noise } = size;
  const random = randomOf(seed, 1);
  const truth = Array.from({ length: width }, () => 4 * random.uniform() - 2);
  const bias = random.normal();
  const x = Float32Array.from({ length: length * width }, () => random.normal());
  const y = Float32Array.from({ length }, (_, n) =>
    truth.reduce((sum, weight, j) => sum + weight * (x[n * width + j] ?? 0), bias + noise * random.normal()),
  );
  return { x, y, width };
}

export const linearExamples = ({ x, y, width }: LinearData): Examples =>
  valueExamples(x, y, { width, outputs: 1 });

/**
 * The minimum of (1/n) Σ (wᵀx + b − y)² + λ‖w‖², from its normal equations about the means (Hastie, Tibshirani and Friedman 2009,
 * eq. 3.44): (XᵀX/n + λI) w = Xᵀy/n and b = ȳ − wᵀx̄.
 */
export function closedForm({ x, y, width }: LinearData, lambda = 0): LinearModel {
  const columns = Array.from({ length: width }, (_, j) =>
    Float64Array.from(y, (_, n) => x[n * width + j] ?? 0),
  );
  const centred = [...columns, Float64Array.from(y)].map((values) => {
    const middle = mean(values);
    return { middle, values: values.map((value) => value - middle) };
  });
  const [target, ...inputs] = [centred.slice(-1), centred.slice(0, -1)].flat();
  const product = (left: Float64Array, right: Float64Array): number =>
    mean(left.map((value, n) => value * (right[n] ?? 0)));
  const weights = solve(
    inputs.map((row, i) =>
      inputs.map((column, j) => product(row.values, column.values) + (i === j ? lambda : 0)),
    ),
    inputs.map((column) => product(column.values, target?.values ?? new Float64Array())),
  );
  const bias = weights.reduce(
    (left, weight, j) => left - weight * (inputs[j]?.middle ?? 0),
    target?.middle ?? 0,
  );
  return { weights, bias };
}

/** (1/n) Σ (wᵀx + b − y)². */
export function meanSquaredErrorOf({ x, y, width }: LinearData, { weights, bias }: LinearModel): number {
  const residual = (n: number): number =>
    weights.reduce((sum, weight, j) => sum + weight * (x[n * width + j] ?? 0), bias - (y[n] ?? 0));
  return mean(Array.from(y, (_, n) => residual(n) ** 2));
}

/** ‖(w, b) − (w′, b′)‖. */
export function distanceBetween(left: LinearModel, right: LinearModel): number {
  const differences = left.weights.map((weight, j) => weight - (right.weights[j] ?? 0));
  return Math.hypot(...differences, left.bias - right.bias);
}
