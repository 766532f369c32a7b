import { int, ints } from '../../../graph/ir.ts';
import { fitSpatial } from '../../../ops/shared/spatial.ts';
import { span, spatialOf } from '../../../ops/shared/windows.ts';
import type { InputGradFormulation } from './problem.ts';

/**
 * ConvTranspose with the convolution's own weights. Positions at the end that no window reaches are output
 * padding, or zeros added afterwards where there are more than ONNX Runtime allows: as many as a stride.
 */
export const asTransposed: InputGradFormulation = (
  b,
  { ct, w, convolution: { group, windows }, shape, name },
) => {
  const counts = spatialOf(b.shapeOf(ct));
  const reached = counts.map((count, axis) => span(windows, axis, count) - (windows.begins[axis] ?? 0));
  const missing = spatialOf(shape).map((size, axis) => size - (reached[axis] ?? 0));
  const allowed = missing.map((amount, axis) => amount < (windows.strides[axis] ?? 1));
  const amounts = (wanted: (amount: number, axis: number) => boolean): number[] =>
    missing.map((amount, axis) => (wanted(amount, axis) ? Math.abs(amount) : 0));
  const dx = b.add(
    'ConvTranspose',
    [ct, w],
    {
      kernel_shape: ints(windows.kernel),
      strides: ints(windows.strides),
      dilations: ints(windows.dilations),
      group: int(group),
      pads: ints([...windows.begins, ...amounts((amount) => amount < 0)]),
      output_padding: ints(amounts((amount, axis) => amount > 0 && allowed[axis] === true)),
    },
    { name },
  );
  return fitSpatial(
    b,
    dx,
    missing.map(() => 0),
    amounts((amount, axis) => amount > 0 && allowed[axis] !== true),
  );
};
