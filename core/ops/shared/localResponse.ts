import { sizeOf } from '../../base/shape.ts';
import { readFloat, readInt } from '../../graph/attributes.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import { type Node, int, ints } from '../../graph/ir.ts';
import { arithmetic } from './arithmetic.ts';

/** What an LRN node says. */
export interface LocalResponse {
  readonly alpha: number;
  readonly beta: number;
  readonly bias: number;
  readonly size: number;
}

export function localResponseOf(node: Node): LocalResponse {
  return {
    alpha: readFloat(node, 'alpha', 1e-4),
    beta: readFloat(node, 'beta', 0.75),
    bias: readFloat(node, 'bias', 1),
    size: readInt(node, 'size'),
  };
}

/** D = bias + (alpha/size)·Σ x² over the window. */
export function localDenominator(b: GraphBuilder, x: string, { alpha, bias, size }: LocalResponse): string {
  const { add, mul } = arithmetic(b);
  return add(mul(channelWindowMean(b, mul(x, x), size), alpha), bias);
}

/**
 * The mean of x over a window of `size` neighbouring channels, from c − ⌊(size−1)/2⌋ to c + ⌈(size−1)/2⌉, with
 * zeros beyond the ends: an AveragePool along the channels of the view [N, 1, C, pixels]. `transposed` gives
 * the transposed linear map, whose window is mirrored.
 */
export function channelWindowMean(b: GraphBuilder, x: string, size: number, transposed = false): string {
  const shape = b.shapeOf(x);
  const [batch = 1, channels = 1, ...spatial] = shape;
  const view = b.add('Reshape', [x, b.axes([batch, 1, channels, sizeOf(spatial)])]);
  const [less, more] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  const [before, after] = transposed ? [more, less] : [less, more];
  const pooled = b.add('AveragePool', [view], {
    kernel_shape: ints([size, 1]),
    pads: ints([before, 0, after, 0]),
    count_include_pad: int(1),
  });
  return b.add('Reshape', [pooled, b.axes(shape)]);
}
