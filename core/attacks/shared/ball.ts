import { type Tensor, floatsOf, tensor } from '../../base/tensor.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import { int } from '../../graph/ir.ts';
import { arithmetic } from '../../ops/shared/arithmetic.ts';
import type { Budget, Norm } from '../define.ts';
import { exampleAxes } from './direction.ts';
import { rowOf } from './rows.ts';

/** By how much a perturbation may exceed ε: the rounding of float32. */
export const budgetTolerance = 1e-6;

export interface Norms {
  readonly linf: number;
  readonly l2: number;
  readonly l1: number;
}

/** Norms of x′ − x, in float64. */
export function normsBetween(image: Float32Array, original: Float32Array): Norms {
  let [linf, squares, l1] = [0, 0, 0];
  for (let i = 0; i < image.length; i++) {
    const size = Math.abs((image[i] ?? 0) - (original[i] ?? 0));
    // Comparisons with NaN are false, sums keep it.
    if (!(size <= linf)) linf = size;
    squares += size * size;
    l1 += size;
  }
  return { linf, l2: Math.sqrt(squares), l1 };
}

/** Values of a graph: where a step led, where it began, and ε (a scalar). */
export interface ProjectionInput {
  readonly moved: string;
  readonly original: string;
  readonly epsilon: string;
}

/** Emits the point of ball ∩ [0, 1] next to `moved`, [N, C, H, W]. In L∞ cutting to the ball, then to the box, is that point. */
export function emitProjection(
  b: GraphBuilder,
  norm: Norm,
  { moved, original, epsilon }: ProjectionInput,
): string {
  const delta = b.add('Sub', [moved, original]);
  const inside =
    norm === 'linf'
      ? b.add('Clip', [delta, b.add('Neg', [epsilon]), epsilon])
      : b.add('Mul', [delta, l2Shrinking(b, delta, original, epsilon)]);
  return b.add('Clip', [b.add('Add', [original, inside]), b.scalar(0), b.scalar(1)]);
}

/** Three suffice as a rule, five where most pixels stop at black or white; each of them is inside the ball. */
const newtonSteps = 6;

/**
 * λ ≤ 1 of each example, [N, 1, 1, 1], such that cut(λδ) is the projection of δ onto the ball ‖·‖₂ ≤ ε within the box. With a = |δ|
 * and the way to the box r = 1 − x where δ > 0, else x, the size is s(λ) = ‖min(λa, r)‖, which must be ε, or λ = 1 if s(1) ≤ ε
 * (the KKT conditions of the projection). To scale to ε first and cut then, as it is often done, gives away what the cut takes
 * off. s² is quadratic between the places where elements meet the box, so Newton's step is to solve
 *   Σ_{λa<r} (λ′a)² + Σ_{λa≥r} r² = ε²,
 * from λ = ε/‖a‖ upwards. For λ′ ≥ λ the left side is at least s(λ′)², hence no step passes the solution.
 */
function l2Shrinking(b: GraphBuilder, delta: string, original: string, epsilon: string): string {
  const { div, greater, less, mul, sub, where, apply } = arithmetic(b);
  const sum = (value: string): string =>
    b.add('ReduceSum', [value, b.axes(exampleAxes)], { keepdims: int(1) });
  const atMost = (value: string, bound: string): string => b.add('Min', [value, bound]);
  const atLeast = (value: string, bound: number): string => b.add('Max', [value, b.scalar(bound)]);
  const size = apply('Abs', delta);
  const room = where(greater(delta, 0), sub(1, original), original);
  const squares = mul(size, size);
  const roomSquares = mul(room, room);
  const budget = mul(epsilon, epsilon);
  const one = b.scalar(1);
  let factor = atMost(div(epsilon, atLeast(apply('Sqrt', sum(squares)), 1e-30)), one);
  for (let step = 0; step < newtonSteps; step++) {
    const free = less(mul(factor, size), room);
    const left = atLeast(sub(budget, sum(where(free, 0, roomSquares))), 0);
    const freeSquares = sum(where(free, squares, 0));
    const solved = apply('Sqrt', div(left, atLeast(freeSquares, 1e-30)));
    factor = atMost(b.add('Max', [factor, solved]), one);
  }
  return factor;
}

/** Sums of float32 end this share of ε away from it. */
const sumError = 1e-4;

/**
 * `images` with what float32 sums left outside of the ball taken off, example by example in float64.
 * Nothing else is repaired: perturbations that exceed ε by more than that stay as they are, to be found.
 */
export function shaved(images: Tensor, originals: Tensor, { norm, epsilon }: Budget): Tensor {
  const result = tensor('float32', floatsOf(images).slice(), images.dims);
  if (norm === 'linf') return result;
  for (let row = 0; row < (images.dims[0] ?? 0); row++) {
    const [given, original] = [rowOf(images, row), rowOf(originals, row)];
    const { l2 } = normsBetween(given, original);
    if (l2 <= epsilon || l2 > epsilon * (1 + sumError)) continue;
    // A pixel that should move by less than half of what float32 resolves does not, so the first factor may not be enough.
    for (let slack = 1e-7; slack <= sumError; slack *= 2) {
      const image = towards(original, given, (epsilon / l2) * (1 - slack));
      rowOf(result, row).set(image);
      if (normsBetween(image, original).l2 <= epsilon) break;
    }
  }
  return result;
}

/** start + factor · (end − start). */
function towards(start: Float32Array, end: Float32Array, factor: number): Float32Array {
  return start.map((value, i) => value + factor * ((end[i] ?? 0) - value));
}
