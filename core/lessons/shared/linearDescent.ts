import { linear } from '../../nn/layers/linear.ts';
import type { Progress } from '../../protocol/results.ts';
import type { LessonRun } from '../define.ts';
import { fit } from './fit.ts';
import { type LinearData, type LinearModel, linearExamples } from './linearData.ts';
import { vectorNetwork } from './network.ts';

export interface DescentQuestion {
  readonly run: LessonRun;
  readonly data: LinearData;
  /** λ of (1/n) Σ (wᵀx + b − y)² + λ‖w‖². */
  readonly lambda: number;
  readonly learningRate: number;
  readonly steps: number;
  readonly part?: readonly [index: number, count: number];
}

/**
 * Descends the (ridge) least squares objective of all examples by its gradient, and returns the model after each step. The trainer's weight
 * decay adds κw to the gradient and leaves b alone, so that κ = 2λ.
 */
export async function* descend(question: DescentQuestion): AsyncGenerator<Progress, LinearModel[]> {
  const { run, data, lambda, learningRate, steps, part } = question;
  const models: LinearModel[] = [];
  yield* fit({
    run,
    what: lambda === 0 ? 'least squares' : `ridge with λ = ${lambda}`,
    network: vectorNetwork(data.width, linear(1), { seed: run.seed }),
    loss: { id: 'meanSquaredError' },
    optimizer: { id: 'sgd', params: { momentum: 0, weightDecay: 2 * lambda } },
    decayVectors: false,
    training: linearExamples(data),
    learningRate,
    epochs: steps,
    ...(part === undefined ? {} : { part }),
    onStep({ theta }) {
      const weights = Array.from(theta.slice(0, data.width));
      models.push({ weights, bias: theta[data.width] ?? Number.NaN });
    },
  });
  return models;
}
