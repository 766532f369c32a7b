import { tanh, sigmoid } from '../../nn/layers/activation.ts';
import { named, numbered } from '../../nn/layers/composition.ts';
import { uniform } from '../../nn/initializers.ts';
import { linear } from '../../nn/layers/linear.ts';
import { floatsOf } from '../../base/tensor.ts';
import type { Progress } from '../../protocol/results.ts';
import { valueExamples } from '../../training/examples.ts';
import type { LessonRun } from '../define.ts';
import { fit } from './fit.ts';
import { innerValues } from './innerValues.ts';
import { vectorNetwork } from './network.ts';
import { mean, spread } from './series.ts';

export type HiddenActivation = 'tanh' | 'logistic';

/** A function of one number on an interval. */
export interface Wanted {
  readonly label: string;
  readonly low: number;
  readonly high: number;
  readonly of: (x: number) => number;
}

export interface CurveFitQuestion {
  readonly run: LessonRun;
  readonly wanted: Wanted;
  readonly hiddenUnits: number;
  readonly activation: HiddenActivation;
  /** Places, evenly spread, at which the network is told the function. */
  readonly points: number;
  readonly steps: number;
  /** Of the untrained network. */
  readonly seed: number;
  /**
   * How far the slopes v_k of the untrained hidden units reach, for tanh; the logistic function is as steep at twice the slope. Their
   * bends lie inside the interval, which is [−1, 1] to the network.
   */
  readonly slopes: number;
  readonly part: readonly [index: number, count: number];
}

/** f(x) ≈ Σ_k w_k σ(v_k x + b_k) + w₀. */
export interface CurveFit {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly network: readonly number[];
  /** w_k σ(v_k x + b_k) for each k. */
  readonly units: readonly (readonly number[])[];
  /** w₀. */
  readonly offset: number;
  readonly meanSquaredError: number;
}

/** The logistic function is a quarter as steep as tanh at 0 (half as steep and half as high), so its weights have further to go. */
const activations = {
  tanh: { layer: tanh, steepness: 1, learningRate: 0.05 },
  logistic: { layer: sigmoid, steepness: 0.5, learningRate: 0.2 },
} as const;

/**
 * The best of trainings from other initial weights: the error has many minima. No further one is begun once an error is at most `enough`.
 *
 * @param question `seed` is that of the first; `restarts` is at least 1.
 */
export async function* fitCurveAgain(
  question: CurveFitQuestion & { readonly restarts: number; readonly enough: number },
): AsyncGenerator<Progress, CurveFit> {
  let best = yield* fitCurve(question);
  for (let restart = 1; restart < question.restarts && best.meanSquaredError > question.enough; restart++) {
    const found = yield* fitCurve({ ...question, seed: question.seed + restart });
    if (found.meanSquaredError < best.meanSquaredError) best = found;
  }
  return best;
}

/**
 * Fits a two-layer network to points of a function by Adam on the mean squared error of all of them. The network is given x brought to
 * [−1, 1].
 */
async function* fitCurve(question: CurveFitQuestion): AsyncGenerator<Progress, CurveFit> {
  const { run, wanted, hiddenUnits, activation, points, steps, seed, slopes, part } = question;
  const x = spread(wanted.low, wanted.high, points);
  const y = x.map(wanted.of);
  const inputs = Float32Array.from(spread(-1, 1, points));
  const { layer: bend, learningRate, steepness } = activations[activation];
  const reach = slopes / steepness;
  const hidden = linear(hiddenUnits, { weights: uniform(-reach, reach) });
  const layer = named('net', numbered(hidden, bend, linear(1)));
  const initialization = { bias: uniform(-reach / 2, reach / 2) };
  const { network, values } = yield* fit({
    run,
    what: `${wanted.label} with ${hiddenUnits} hidden units`,
    part,
    network: vectorNetwork(1, layer, { seed, initialization }),
    loss: { id: 'meanSquaredError' },
    optimizer: { id: 'adam' },
    training: valueExamples(inputs, Float32Array.from(y), { width: 1, outputs: 1 }),
    learningRate,
    schedule: { id: 'cosine' },
    epochs: steps,
  });
  const { runtime } = run;
  const [answers = new Float32Array(), codes = new Float32Array()] = await innerValues({
    runtime,
    network,
    values,
    inputs,
    wanted: ['logits', 'net.1'],
  });
  const [weights, bias] = ['weight', 'bias'].map((name) => values.get(`net.2.${name}`));
  const weight = weights === undefined ? new Float32Array() : floatsOf(weights);
  return {
    x,
    y,
    network: Array.from(answers),
    units: Array.from(weight, (w, unit) => x.map((_, n) => w * (codes[n * hiddenUnits + unit] ?? 0))),
    offset: bias === undefined ? 0 : (floatsOf(bias)[0] ?? 0),
    meanSquaredError: mean(y.map((target, n) => ((answers[n] ?? Number.NaN) - target) ** 2)),
  };
}
