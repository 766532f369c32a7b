import { backward } from '../../autodiff/backward.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import { type Graph, int } from '../../graph/ir.ts';
import type { MethodContext } from '../../method/context.ts';
import { embedNetwork } from '../../model/embed.ts';
import { oneHot } from '../../model/objective.ts';
import { newBuilder } from '../../ops/registry.ts';
import { arithmetic } from '../../ops/shared/arithmetic.ts';

/** One step of DeepFool as a graph. */
export interface DeepFoolGraph {
  readonly graph: Graph;
  /** Says everything that the graph depends on. */
  readonly key: string;
  readonly inputs: {
    /** [N, C, H, W]: the image x₀, and the sum r of all steps so far. */
    readonly original: string;
    readonly total: string;
    /** int64 [N], and [N, K]: the class to leave, and those whose boundaries are looked at. */
    readonly classes: string;
    readonly candidates: string;
    /** 1 + η, a scalar. */
    readonly overshoot: string;
  };
  readonly outputs: {
    /** x = clip(x₀ + (1 + η) r) and its logits [N, classes]. */
    readonly image: string;
    readonly logits: string;
    /** r after the step. */
    readonly total: string;
  };
}

/**
 * With f_k = z_k − z_y and w_k = ∇f_k at x, the step (algorithm 2 of the paper) is
 *   l = argmin_k |f_k| / ‖w_k‖₂,   r ← r + |f_l| / ‖w_l‖₂² · w_l.
 * The K gradients of an image are those of K copies of it in one batch. A class whose gradient is 0 is never the nearest.
 *
 * In the box, w_k is taken without the pixels at black and white that it would push out. With them, steps that the clip cuts short
 * end ever closer before the boundary, never behind it. For the same reason |f_k| counts as no less than what float32 resolves.
 */
export function deepFoolGraph(context: MethodContext, batch: number, others: number): DeepFoolGraph {
  const network = context.network(batch * others);
  const shape = network.graph.types.get(network.image)?.shape.slice(1) ?? [];
  const b = newBuilder();
  const images = { type: 'float32', shape: [batch, ...shape] } as const;
  const inputs = {
    original: b.input('original', images),
    total: b.input('total', images),
    classes: b.input('classes', { type: 'int64', shape: [batch] }),
    candidates: b.input('candidates', { type: 'int64', shape: [batch, others] }),
    overshoot: b.input('overshoot', { type: 'float32', shape: [] }),
  };
  const { add, apply, mul } = arithmetic(b);
  const moved = add(inputs.original, mul(inputs.total, inputs.overshoot));
  const image = b.add('Clip', [moved, b.scalar(0), b.scalar(1)], {}, { name: 'image' });
  const copies = repeated(b, image, others);
  const copy = embedNetwork(b, network, copies);
  const own = oneHot(b, network.classes, repeated(b, inputs.classes, others));
  const other = oneHot(b, network.classes, b.add('Reshape', [inputs.candidates, b.axes([batch * others])]));
  const weights = b.add('Sub', [other, own]);
  const f = b.add('ReduceSum', [mul(copy.logits, weights), b.axes([1])], { keepdims: int(0) });
  const [gradient = ''] = backward(b, { of: f, wrt: [copies], composite: network.rules ?? [] });
  const logits = firstCopies(b, copy.logits, [batch, others, network.classes]);
  const pixels = shape.reduce((product, dim) => product * dim, 1);
  const greatest = b.add('ReduceMax', [apply('Abs', logits), b.axes([1])], { keepdims: int(1) });
  const distanceLeft = apply('Abs', b.add('Reshape', [f, b.axes([batch, others])]));
  const step = nearestStep(b, {
    f: b.add('Max', [distanceLeft, mul(greatest, resolution)]),
    w: movable(b, b.add('Reshape', [gradient, b.axes([batch, others, pixels])]), image),
  });
  const total = add(inputs.total, b.add('Reshape', [step, b.axes([batch, ...shape])]));
  return {
    graph: b.build([image, logits, total]),
    key: `attack/deepFool/${batch}/${others}`,
    inputs,
    outputs: { image, logits, total },
  };
}

/** Each example `times` times in a row: [N, …] to [N · times, …]. */
function repeated(b: GraphBuilder, value: string, times: number): string {
  const [count = 1, ...rest] = b.shapeOf(value);
  const column = b.add('Unsqueeze', [value, b.axes([1])]);
  return b.add('Reshape', [
    b.add('Expand', [column, b.axes([count, times, ...rest])]),
    b.axes([count * times, ...rest]),
  ]);
}

/** The rows of the first copy of each example: [N · K, m] to [N, m]. */
function firstCopies(b: GraphBuilder, value: string, shape: readonly [number, number, number]): string {
  const grouped = b.add('Reshape', [value, b.axes(shape)]);
  const first = b.add('Slice', [grouped, b.axes([0]), b.axes([1]), b.axes([1])]);
  return b.add('Reshape', [first, b.axes([shape[0], shape[2]])]);
}

/** Differences of logits below this share of the greatest are rounding. */
const resolution = 4e-6;

/** w [N, K, D] with 0 at the pixels of `image` that lie at a bound and would leave the box along w. */
function movable(b: GraphBuilder, w: string, image: string): string {
  const { apply, greater, less, mul, sub, where } = arithmetic(b);
  const [count = 1, , pixels = 1] = b.shapeOf(w);
  const flat = b.add('Reshape', [image, b.axes([count, 1, pixels])]);
  const brighter = mul(apply('Relu', w), where(less(flat, 1), 1, 0));
  return sub(brighter, mul(apply('Relu', apply('Neg', w)), where(greater(flat, 0), 1, 0)));
}

/** What stands for the distance of a boundary that cannot be reached. */
const farAway = 1e30;

/** f_l / ‖w_l‖² · w_l for the nearest boundary l: [N, D] from f ≥ 0 [N, K] and w [N, K, D]. */
function nearestStep(b: GraphBuilder, { f, w }: { f: string; w: string }): string {
  const { apply, div, equal, mul, where } = arithmetic(b);
  const [, others = 0] = b.shapeOf(f);
  const atLeast = (value: string, bound: number): string => b.add('Max', [value, b.scalar(bound)]);
  const reduced = (opType: string, value: string, axis: number, keepdims = 0): string =>
    b.add(opType, [value, b.axes([axis])], { keepdims: int(keepdims) });
  // ‖w‖₂ = s·‖w/s‖₂ with the greatest element s, since the squares of small gradients would be 0.
  const greatest = reduced('ReduceMax', apply('Abs', w), 2, 1);
  const scaled = div(w, atLeast(greatest, 1e-38));
  const scaledNorm = atLeast(reduced('ReduceL2', scaled, 2), 1);
  const size = b.add('Squeeze', [greatest, b.axes([2])]);
  const distance = div(f, mul(atLeast(size, 1e-38), scaledNorm));
  const bounded = where(equal(size, 0), farAway, b.add('Min', [distance, b.scalar(farAway)]));
  const nearest = b.add('ArgMin', [bounded], { axis: int(1), keepdims: int(0) });
  const chosen = oneHot(b, others, nearest);
  // |f|/‖w‖² · w = |f|/‖w‖ · (w/s)/‖w/s‖; the last factor is 0 where w is.
  const share = b.add('Unsqueeze', [div(chosen, scaledNorm), b.axes([2])]);
  const direction = reduced('ReduceSum', mul(scaled, share), 1);
  return mul(direction, reduced('ReduceSum', mul(bounded, chosen), 1, 1));
}
