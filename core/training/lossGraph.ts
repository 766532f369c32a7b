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

/** What is lowered: loss and penalties. */
export interface Objective {
  /** A scalar. */
  readonly value: string;
  /** Its gradient by θ, flat. */
  readonly gradient: string;
}

/** Loss and penalties, L + λ₁ Σ|θ| + λ₂/2 Σθ² + input gradient, and their gradient. */
export function emitObjective(b: GraphBuilder, problem: Problem, graph: LossGraph): Objective {
  const { add, apply, mul } = arithmetic(b);
  const { theta, loss } = graph;
  const { l1, l2, inputGradient } = problem.penalties;
  const sumOf = (value: string): string => b.add('ReduceSum', [value], { keepdims: int(0) });
  let value = inputGradient === 0 ? loss : add(loss, emitInputGradientPenalty(b, graph, inputGradient));
  let [gradient = ''] = backward(b, { of: value, wrt: [theta] });
  if (l1 !== 0) {
    value = add(value, mul(sumOf(apply('Abs', theta)), l1));
    gradient = add(gradient, mul(apply('Sign', theta), l1));
  }
  if (l2 !== 0) {
    value = add(value, mul(sumOf(mul(theta, theta)), l2 / 2));
    gradient = add(gradient, mul(theta, l2));
  }
  return { value, gradient };
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
