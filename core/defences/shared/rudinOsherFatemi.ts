import { float32 } from '../../base/tensor.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import { arithmetic } from '../../ops/shared/arithmetic.ts';
import { paddedAxis } from '../../ops/shared/movement.ts';

/** A vector a pixel, along the columns and the rows of an image: [N, C, H, W] each. */
interface Field {
  readonly down: string;
  readonly right: string;
}

/**
 * Minimizes ½‖u − x‖² + w Σ |∇u| (Rudin, Osher and Fatemi; isotropic, each channel by itself) by `steps` of the fast gradient
 * projection of its dual (Beck and Teboulle 2009, algorithm FGP), here with p scaled by w: u = x − ∇ᵀp, where
 *   p ← Π(r + ∇(x − ∇ᵀr)/8),  r ← p + (t − 1)/t' · (p − p₋),  t' = (1 + √(1 + 4t²))/2,
 * and Π scales vectors longer than w down to w. The dual needs no smoothed |∇u|, whose smoothing would decide the number of
 * steps, and its error falls as 1/steps².
 */
export function denoised(b: GraphBuilder, image: string, weight: number, steps: number): string {
  const { add, mul, sub } = arithmetic(b);
  const ascent = (u: string): Field => ascentAlong(b, u);
  const restored = (p: Field): string => sub(image, adjointGradient(b, p));
  // The first step starts at zero and has no momentum: r = p, and t = 1 has become t'.
  let p = projected(b, ascent(image), weight);
  let [r, t] = [p, following(1)];
  for (let step = 1; step < steps; step++) {
    const previous = p;
    p = projected(b, combined(r, ascent(restored(r)), add), weight);
    const momentum = (t - 1) / following(t);
    r = combined(p, previous, (after, before) => add(after, mul(sub(after, before), momentum)));
    t = following(t);
  }
  return restored(p);
}

const following = (t: number): number => (1 + Math.sqrt(1 + 4 * t ** 2)) / 2;

/** ∇u/8: forward differences, 0 at the last row and column. 8 bounds ‖∇‖², which is what the step size must know. */
function ascentAlong(b: GraphBuilder, u: string): Field {
  const { mul, sub } = arithmetic(b);
  const along = (axis: number): string => {
    const length = b.shapeOf(u)[axis] ?? 1;
    const eighths = float32(
      Array.from({ length }, (_, at) => (at < length - 1 ? 1 / 8 : 0)),
      b.shapeOf(u).map((_, at) => (at === axis ? length : 1)),
    );
    return mul(sub(paddedAxis(b, u, axis, -1, 1), u), b.constant(eighths, 'eighths'));
  };
  return { down: along(2), right: along(3) };
}

/** ∇ᵀp = p(i − 1) − p(i) along each axis, for a field that is 0 at the last row and column. */
function adjointGradient(b: GraphBuilder, { down, right }: Field): string {
  const along = (flow: string, axis: number): string =>
    b.add('Sub', [paddedAxis(b, flow, axis, 1, -1), flow]);
  return b.add('Add', [along(down, 2), along(right, 3)]);
}

/** p/max(1, |p|/w), as p · w/√max(w², |p|²): the root has a derivative where p = 0, too. */
function projected(b: GraphBuilder, p: Field, weight: number): Field {
  const { add, apply, div, mul } = arithmetic(b);
  const squares = add(mul(p.down, p.down), mul(p.right, p.right));
  const factor = div(weight, apply('Sqrt', b.add('Max', [squares, b.scalar(weight ** 2)])));
  return { down: mul(p.down, factor), right: mul(p.right, factor) };
}

const combined = (left: Field, right: Field, by: (one: string, other: string) => string): Field => ({
  down: by(left.down, right.down),
  right: by(left.right, right.right),
});
