import { int, ints } from '../../graph/ir.ts';
import { fansOf } from '../fans.ts';
import type { Initializer } from '../initializers.ts';
import type { Layer, NetworkBuilder } from '../networkBuilder.ts';

/** A number for both spatial axes, or [vertical, horizontal]. */
export type Pair = number | readonly [number, number];

export const pairOf = (value: Pair): readonly [number, number] =>
  typeof value === 'number' ? [value, value] : value;

export interface ConvolutionOptions {
  readonly stride?: Pair;
  readonly padding?: Pair;
  readonly dilation?: Pair;
  readonly groups?: number;
  readonly bias?: boolean;
  /** How the weights are drawn, where it differs from the surroundings. */
  readonly weights?: Initializer;
}

/** [N, C, H, W] → [N, outChannels, h, w]; parameters `weight` [outChannels, C/groups, …kernel] and `bias`. */
export function conv(outChannels: number, kernel: Pair, options: ConvolutionOptions = {}): Layer {
  return (net, x) => convolution(net, x, outChannels, kernel, options);
}

/** A convolution of each channel by itself, with `multiplier` outputs a channel. */
export function depthwise(
  kernel: Pair,
  options: Omit<ConvolutionOptions, 'groups'> & { readonly multiplier?: number } = {},
): Layer {
  const { multiplier = 1, ...rest } = options;
  return (net, x) => {
    const [, channels = 1] = net.shapeOf(x);
    return convolution(net, x, channels * multiplier, kernel, { ...rest, groups: channels });
  };
}

function convolution(
  net: NetworkBuilder,
  x: string,
  outChannels: number,
  kernel: Pair,
  options: ConvolutionOptions,
): string {
  const { stride = 1, padding = 0, dilation = 1, groups = 1, bias = true } = options;
  const [, channels = 1] = net.shapeOf(x);
  const shape = [outChannels, channels / groups, ...pairOf(kernel)];
  const inputs = [x, net.parameter('weight', shape, net.initializer('convolution', options.weights))];
  if (bias) inputs.push(net.parameter('bias', [outChannels], net.initializer('bias'), fansOf(shape)));
  return net.add('Conv', inputs, {
    kernel_shape: ints(pairOf(kernel)),
    strides: ints(pairOf(stride)),
    pads: ints([...pairOf(padding), ...pairOf(padding)]),
    dilations: ints(pairOf(dilation)),
    group: int(groups),
  });
}
