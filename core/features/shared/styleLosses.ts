import type { GraphBuilder } from '../../graph/builder.ts';
import { float, int } from '../../graph/ir.ts';
import { arithmetic } from '../../ops/shared/arithmetic.ts';
import { slicedAxis } from '../../ops/shared/movement.ts';

/**
 * Emits the Gram matrix of a feature map [1, C, h, w]: F Fᵀ / (C·h·w) with F as [C, h·w] (Gatys et al. 2016, eq. 3, in the
 * scale of Johnson et al. 2016, eq. 3), which does not depend on the picture's size: [C, C].
 */
export function gramMatrix(b: GraphBuilder, value: string): string {
  const [, channels = 1, height = 1, width = 1] = b.shapeOf(value);
  const places = height * width;
  const rows = b.add('Reshape', [value, b.axes([channels, places])]);
  const alpha = float(1 / (channels * places));
  return b.add('Gemm', [rows, rows], { transB: int(1), alpha }, { name: 'gram' });
}

/**
 * Emits ‖a − wanted‖² / ‖wanted‖², a scalar: 0 where both agree, 1 where `a` is zero. The squared errors of Gatys et al. (eqs. 1 and 4)
 * with a factor that makes layers, and networks whose activations are of another size, weigh alike. Nothing is divided where
 * `wanted` is zero.
 */
export function relativeError(b: GraphBuilder, a: string, wanted: string): string {
  const { div, greater, where } = arithmetic(b);
  const squares = (value: string): string => b.add('ReduceSumSquare', [value], { keepdims: int(0) });
  const whole = squares(wanted);
  return div(squares(b.add('Sub', [a, wanted])), where(greater(whole, 0), whole, 1));
}

/** Emits the squared differences of neighbours, both ways, summed and divided by the number of elements of [1, C, H, W]: a scalar. */
export function squaredVariation(b: GraphBuilder, image: string): string {
  const { add, mul } = arithmetic(b);
  const shape = b.shapeOf(image);
  const along = (axis: number): string => {
    const length = shape[axis] ?? 1;
    const [after, before] = [
      slicedAxis(b, image, axis, 1, length),
      slicedAxis(b, image, axis, 0, length - 1),
    ];
    return b.add('ReduceSumSquare', [b.add('Sub', [after, before])], { keepdims: int(0) });
  };
  return mul(add(along(2), along(3)), 1 / shape.reduce((product, length) => product * length, 1));
}
