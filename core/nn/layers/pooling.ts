import { float32 } from '../../base/tensor.ts';
import { int, ints } from '../../graph/ir.ts';
import type { Layer, NetworkBuilder } from '../networkBuilder.ts';
import { type Pair, pairOf } from './convolution.ts';

export interface PoolingOptions {
  /** The kernel's size unless told. */
  readonly stride?: Pair;
  readonly padding?: Pair;
  /** Whether a last window may reach beyond the input. */
  readonly ceil?: boolean;
}

export function maxPool(kernel: Pair, options: PoolingOptions = {}): Layer {
  return (net, x) => net.add('MaxPool', [x], windowsOf(kernel, options));
}

/** `countPadding`: whether the mean is over the padding too, as PyTorch has it (default). */
export function averagePool(
  kernel: Pair,
  options: PoolingOptions & { readonly countPadding?: boolean } = {},
): Layer {
  const { countPadding = true, ...rest } = options;
  return (net, x) =>
    net.add('AveragePool', [x], {
      ...windowsOf(kernel, rest),
      count_include_pad: int(Number(countPadding)),
    });
}

function windowsOf(kernel: Pair, { stride = kernel, padding = 0, ceil = false }: PoolingOptions) {
  return {
    kernel_shape: ints(pairOf(kernel)),
    strides: ints(pairOf(stride)),
    pads: ints([...pairOf(padding), ...pairOf(padding)]),
    ceil_mode: int(Number(ceil)),
  };
}

/** [N, C, H, W] → [N, C, 1, 1]. */
export const globalAveragePool: Layer = (net, x) => net.add('GlobalAveragePool', [x]);

/** [N, C, H, W] → [N, C, 1, 1]. */
export const globalMaxPool: Layer = (net, x) => net.add('GlobalMaxPool', [x]);

/**
 * Means over windows that divide the input into `size` rows and columns as evenly as whole pixels allow: row i is the mean of
 * the rows ⌊i·H/h⌋ to ⌈(i + 1)·H/h⌉ − 1, as in PyTorch. Where the windows differ, the two means are products with matrices:
 * y = R x Cᵀ.
 */
export function adaptiveAveragePool(size: Pair): Layer {
  return (net, x) => {
    const [h, w] = pairOf(size);
    const [, , height = 1, width = 1] = net.shapeOf(x);
    if (h === 1 && w === 1) return globalAveragePool(net, x);
    if (h === height && w === width) return x;
    if (height % h === 0 && width % w === 0) return averagePool([height / h, width / w])(net, x);
    const rows = net.add('MatMul', [meansMatrix(net, height, h, false), x], {}, 'rows');
    return net.add('MatMul', [rows, meansMatrix(net, width, w, true)]);
  };
}

/** The matrix [count, length] that makes means of `length` elements, or its transpose. */
function meansMatrix(net: NetworkBuilder, length: number, count: number, transposed: boolean): string {
  const values = new Float32Array(count * length);
  for (let window = 0; window < count; window++) {
    const [first, end] = [Math.floor((window * length) / count), Math.ceil(((window + 1) * length) / count)];
    for (let at = first; at < end; at++)
      values[transposed ? at * count + window : window * length + at] = 1 / (end - first);
  }
  return net.b.constant(float32(values, transposed ? [length, count] : [count, length]), net.path('means'));
}
