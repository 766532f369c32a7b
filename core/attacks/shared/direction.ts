import type { GraphBuilder } from '../../graph/builder.ts';
import { int } from '../../graph/ir.ts';
import type { Norm } from '../define.ts';

/** Below the smallest normal float32: what a gradient is divided by instead of zero. */
const tiny = 1e-38;

/** The axes of [N, C, H, W] over which the norm of an example is taken. */
export const exampleAxes = [1, 2, 3] as const;

/**
 * g / ‖g‖ of each example, ‖·‖₁ or ‖·‖₂; 0 where g is 0. g is divided by its greatest element first, since squares of
 * gradients below 1e-19 would be 0 in float32.
 */
export function normalised(b: GraphBuilder, gradient: string, norm: 'ReduceL1' | 'ReduceL2'): string {
  const over = (opType: string, value: string): string =>
    b.add(opType, [value, b.axes(exampleAxes)], { keepdims: int(1) });
  const greatest = over('ReduceMax', b.add('Abs', [gradient]));
  const scaled = b.add('Div', [gradient, b.add('Max', [greatest, b.scalar(tiny)])]);
  return b.add('Div', [scaled, b.add('Max', [over(norm, scaled), b.scalar(1)])]);
}

/** The step of length 1 that raises a linear loss most: sign(g) in L∞, g/‖g‖₂ in L2; 0 where g is 0. */
export function steepest(b: GraphBuilder, gradient: string, norm: Norm): string {
  return norm === 'linf' ? b.add('Sign', [gradient]) : normalised(b, gradient, 'ReduceL2');
}
