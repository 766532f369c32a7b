import { LoupeError } from '../base/errors.ts';
import { float32 } from '../base/tensor.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import { type Graph, int } from '../graph/ir.ts';
import { arithmetic } from '../ops/shared/arithmetic.ts';
import { trainingBuilder } from './builder.ts';
import { namedOutputs } from '../passes/namedOutputs.ts';
import type { Mask } from './forward.ts';
import type { Layout } from './layout.ts';
import { emitLoss, emitObjective } from './lossGraph.ts';
import { names } from './names.ts';
import type { Problem } from './problem.ts';

export interface StepGraph {
  readonly graph: Graph;
  readonly masks: readonly Mask[];
}

/**
 * One training step as one graph: forward, loss, backward, update. Parameters, running statistics and what the optimizer remembers
 * are flat vectors that go in and come out; the learning rate and the optimizer's scalars are inputs.
 */
export function emitTrainingStep(problem: Problem, batch: number): StepGraph {
  const b = trainingBuilder();
  const graph = emitLoss(b, problem, batch, 'training');
  const { gradient } = emitObjective(b, problem, graph);
  const { norm, clipped } = emitClipped(b, gradient, problem.clipNorm);
  const update = emitUpdate(b, problem, graph.theta, clipped);
  const { averageDecay } = problem;
  const states = Object.entries(update.state).map(([name, value]) => [names.next(names.state(name)), value]);
  const results: Record<string, string> = {
    [names.next(names.theta)]: update.theta,
    [names.next(names.buffers)]: graph.forward.nextBuffers,
    [names.loss]: graph.loss,
    [names.logits]: graph.forward.logits,
    [names.gradientNorm]: norm,
    ...(averageDecay === undefined
      ? {}
      : { [names.next(names.average)]: emitAverage(b, update.theta, averageDecay) }),
    ...(Object.fromEntries(states) as Record<string, string>),
  };
  return { graph: namedOutputs(b, results), masks: graph.forward.masks };
}

/** What is lowered and its gradient, without an update: for searches, and for those who look at the gradient. */
export function emitGradientStep(problem: Problem, batch: number): StepGraph {
  const b = trainingBuilder();
  const graph = emitLoss(b, problem, batch, 'training');
  const { value, gradient } = emitObjective(b, problem, graph);
  const results = {
    [names.loss]: graph.loss,
    [names.objective]: value,
    [names.logits]: graph.forward.logits,
    [names.gradient]: gradient,
    [names.next(names.buffers)]: graph.forward.nextBuffers,
  };
  return { graph: namedOutputs(b, results), masks: graph.forward.masks };
}

/** g·min(1, c/‖g‖) (Pascanu, Mikolov and Bengio 2013, algorithm 1). */
function emitClipped(b: GraphBuilder, gradient: string, limit: number | undefined) {
  const { apply, div, mul } = arithmetic(b);
  const norm = apply('Sqrt', b.add('ReduceSumSquare', [gradient], { keepdims: int(0) }));
  if (limit === undefined) return { norm, clipped: gradient };
  const scale = b.add('Min', [b.scalar(1), div(limit, b.add('Max', [norm, b.scalar(1e-30)]))]);
  return { norm, clipped: mul(gradient, scale) };
}

function emitUpdate(b: GraphBuilder, problem: Problem, theta: string, gradient: string) {
  const { definition, params } = problem.optimizer;
  if (definition.kind !== 'update')
    throw new LoupeError('internal', `The optimizer ${definition.id} has no rule of its steps.`);
  const { parameters } = problem.trainable;
  const inputs = (keys: readonly string[], nameOf: (key: string) => string, shape: readonly number[]) =>
    Object.fromEntries(keys.map((key) => [key, b.input(nameOf(key), { type: 'float32', shape })]));
  const mask = problem.decayVectors ? undefined : matrixMask(parameters);
  return definition.emit(
    b,
    {
      theta,
      gradient,
      decaying: mask === undefined ? theta : b.add('Mul', [theta, b.constant(mask, 'decaying')]),
      learningRate: b.input(names.learningRate, { type: 'float32', shape: [] }),
      state: inputs(definition.state(params), names.state, [parameters.size]),
      scalars: inputs(Object.keys(definition.scalars?.(1, params) ?? {}), names.scalar, []),
    },
    params,
  );
}

/** 1 for the elements of weights, 0 for those of biases and of the scales and shifts of norms. */
function matrixMask({ entries, size }: Layout) {
  const mask = new Float32Array(size);
  for (const { shape, offset, size: length } of entries) {
    if (shape.length > 1) mask.fill(1, offset, offset + length);
  }
  return float32(mask, [size]);
}

/** d·average + (1 − d)·θ (Polyak and Juditsky 1992, exponentially weighted). */
function emitAverage(b: GraphBuilder, theta: string, decay: number): string {
  const { add, mul } = arithmetic(b);
  const average = b.input(names.average, b.typeOf(theta));
  return add(mul(average, decay), mul(theta, 1 - decay));
}
