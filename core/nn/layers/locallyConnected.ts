import { sizeOf } from '../../base/shape.ts';
import { float32 } from '../../base/tensor.ts';
import { int, ints } from '../../graph/ir.ts';
import type { Fans } from '../fans.ts';
import type { Layer, NetworkBuilder } from '../networkBuilder.ts';
import { type ConvolutionOptions, type Pair, pairOf } from './convolution.ts';

/**
 * A convolution whose weights are not shared: each of the P = h·w positions has its own. [N, C, H, W] → [N, outChannels, h, w];
 * parameters `weight` [P, C·kernel, outChannels] and `bias` [outChannels, h, w].
 *
 *   patches [N, C·kernel, P] → [P, N, C·kernel] · weight → [P, N, outChannels] → [N, outChannels, h, w]
 */
export function locallyConnected(
  outChannels: number,
  kernel: Pair,
  options: Omit<ConvolutionOptions, 'groups' | 'dilation'> = {},
): Layer {
  return (net, x) => {
    const patches = unfold(net, x, kernel, options);
    const [, inputs = 1, ...sizes] = net.shapeOf(patches);
    const positions = sizeOf(sizes);
    const fans = { fanIn: inputs, fanOut: outChannels * sizeOf(pairOf(kernel)) };
    const { b } = net;
    // In a Reshape, 0 keeps the batch.
    const flat = net.add('Reshape', [patches, b.axes([0, inputs, positions])], {}, 'patches');
    const rows = net.add('Transpose', [flat], { perm: ints([2, 0, 1]) }, 'rows');
    const initializer = net.initializer('convolution', options.weights);
    const weight = net.parameter('weight', [positions, inputs, outChannels], initializer, fans);
    const product = net.add('MatMul', [rows, weight], {}, 'product');
    const columns = net.add('Transpose', [product], { perm: ints([1, 2, 0]) }, 'columns');
    const maps = net.add('Reshape', [columns, b.axes([0, outChannels, ...sizes])]);
    return options.bias === false ? maps : withBias(net, maps, fans);
  };
}

function withBias(net: NetworkBuilder, maps: string, fans: Fans): string {
  const bias = net.parameter('bias', net.shapeOf(maps).slice(1), net.initializer('bias'), fans);
  return net.add('Add', [maps, bias]);
}

/** The patch at each position as its channels, [N, C·kernel, h, w]: a depthwise convolution whose kernels hold a single 1. */
function unfold(net: NetworkBuilder, x: string, kernel: Pair, options: ConvolutionOptions): string {
  const { stride = 1, padding = 0 } = options;
  const [, channels = 1] = net.shapeOf(x);
  const taps = sizeOf(pairOf(kernel));
  const ones = new Float32Array(channels * taps * taps);
  for (let row = 0; row < channels * taps; row++) ones[row * taps + (row % taps)] = 1;
  const picks = net.b.constant(
    float32(ones, [channels * taps, 1, ...pairOf(kernel)]),
    net.path('unfoldKernels'),
  );
  return net.add(
    'Conv',
    [x, picks],
    {
      kernel_shape: ints(pairOf(kernel)),
      strides: ints(pairOf(stride)),
      pads: ints([...pairOf(padding), ...pairOf(padding)]),
      group: int(channels),
    },
    'unfold',
  );
}
