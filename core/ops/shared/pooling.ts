import { LoupeError } from '../../base/errors.ts';
import { type Shape, formatShape } from '../../base/shape.ts';
import { readInt, readInts } from '../../graph/attributes.ts';
import { type Attributes, type Node, int } from '../../graph/ir.ts';
import { type Windows, readWindows, spatialOf, windowAttributes, windowCounts } from './windows.ts';

/** A pooling over windows of each channel. */
export interface Pooling {
  readonly windows: Windows;
  readonly ceil: boolean;
}

/** The attributes of the gradient operators of poolings, whose pads are explicit. */
export const poolingForm = {
  ceil_mode: 'int',
  dilations: 'ints',
  kernel_shape: 'ints',
  pads: 'ints',
  strides: 'ints',
} as const;

/** The pooling of a node with an input of shape [N, C, …], and the shape of its output. */
export function poolingOf(node: Node, x: Shape): { pooling: Pooling; shape: Shape } {
  const [batch = 1, channels = 1, ...sizes] = x;
  if (sizes.length === 0) {
    throw new LoupeError(
      'badGraph',
      `its input ${formatShape(x)} has no spatial axes; it should be [N, C, …].`,
    );
  }
  const windows = readWindows(node, readInts(node, 'kernel_shape'), sizes);
  const ceil = readInt(node, 'ceil_mode', 0) === 1;
  checkPads(windows);
  return { pooling: { windows, ceil }, shape: [batch, channels, ...windowCounts(windows, sizes, ceil)] };
}

/** Otherwise a window might lie in the padding altogether; ONNX Runtime refuses it too. */
function checkPads({ kernel, begins, ends }: Windows): void {
  const axis = kernel.findIndex((size, index) => Math.max(begins[index] ?? 0, ends[index] ?? 0) >= size);
  if (axis === -1) return;
  throw new LoupeError('badGraph', `its pads along spatial axis ${axis} should be smaller than its kernel.`);
}

export function poolingAttributes({ windows, ceil }: Pooling): Attributes {
  return { ...windowAttributes(windows), ceil_mode: int(ceil ? 1 : 0) };
}

/**
 * For each window along each axis, the number of positions that an average divides by: those inside the input,
 * or with `includePad` those inside the input and its pads (a last window in ceil mode reaches beyond both).
 */
export function averagedCounts({ windows, ceil }: Pooling, x: Shape, includePad: boolean): number[][] {
  const sizes = spatialOf(x);
  return windowCounts(windows, sizes, ceil).map((count, axis) => {
    const [kernel = 1, stride = 1, dilation = 1] = [
      windows.kernel[axis],
      windows.strides[axis],
      windows.dilations[axis],
    ];
    const [begin = 0, end = 0] = [windows.begins[axis], windows.ends[axis]];
    const low = includePad ? -begin : 0;
    const high = (sizes[axis] ?? 0) + (includePad ? end : 0);
    return Array.from({ length: count }, (_, window) => {
      const taps = Array.from({ length: kernel }, (__, tap) => window * stride + tap * dilation - begin);
      return taps.filter((position) => position >= low && position < high).length;
    });
  });
}
