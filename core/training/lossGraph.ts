import { backward } from '../autodiff/backward.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import { int } from '../graph/ir.ts';
import { arithmetic } from '../ops/shared/arithmetic.ts';
import { type Forward, type Mode, emitForward } from './forward.ts';
import { names } from './names.ts';
import type { Problem } from './problem.ts';

export interface LossGraph {
  readonly theta: string;
  readonly forward: Forward;
  readonly images: string;
  readonly targets: string;
  /** Loss of each example, [N]. */
  readonly losses: string;
  /** Their mean, a scalar. */
  readonly loss: string;
}

/** Puts examples, parameters, network and loss into `b`. */
export function emitLoss(b: GraphBuilder, problem: Problem, batch: number, mode: Mode): LossGraph {
  const { trainable, outputs, loss: chosen } = problem;
  const input = (name: string, shape: readonly number[]): string => b.input(name, { type: 'float32', shape });
  const images = input(names.images, [batch, ...trainable.exampleShape]);
  const targets = input(names.targets, [batch, outputs]);
  const theta = input(names.theta, [trainable.parameters.size]);
  const buffers = input(names.buffers, [trainable.buffers.size]);
  const forward = emitForward(b, { trainable, mode, images, theta, buffers });
  const losses = chosen.definition.emit(b, { logits: forward.logits, targets }, chosen.params);
  const loss = b.add('ReduceMean', [losses], { keepdims: int(0) });
  return { theta, forward, images, targets, losses, loss };
}

/** The gradient of loss and penalties by θ, flat. */
export function emitParameterGradient(b: GraphBuilder, problem: Problem, graph: LossGraph): string {
  const { add, apply, mul } = arithmetic(b);
  const { l1, l2, inputGradient } = problem.penalties;
  const lowered =
    inputGradient === 0 ? graph.loss : add(graph.loss, emitInputGradientPenalty(b, graph, inputGradient));
  const [slope = ''] = backward(b, { of: lowered, wrt: [graph.theta] });
  const withL1 = l1 === 0 ? slope : add(slope, mul(apply('Sign', graph.theta), l1));
  return l2 === 0 ? withL1 : add(withL1, mul(graph.theta, l2));
}

/**
 * λ/N Σ_n ‖∂L_n/∂x_n‖² (Drucker and LeCun 1992; Ross and Doshi-Velez 2018): a gradient inside of what is differentiated. In batches whose
 * statistics couple the examples, L_n also depends on other x_m; the sum's own gradient by x_n is taken, as everybody does.
 */
function emitInputGradientPenalty(b: GraphBuilder, { images, losses }: LossGraph, weight: number): string {
  const { mul } = arithmetic(b);
  const [slopes = ''] = backward(b, { of: losses, wrt: [images] });
  const sum = b.add('ReduceSum', [mul(slopes, slopes)], { keepdims: int(0) });
  return mul(sum, weight / (b.shapeOf(images)[0] ?? 1));
}
