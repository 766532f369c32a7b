import type { Initialization } from '../../../core/nn/initialization.ts';
import { truncatedNormal } from '../../../core/nn/initializers.ts';
import { relu } from '../../../core/nn/layers/activation.ts';
import { sequential } from '../../../core/nn/layers/composition.ts';
import { type ConvolutionOptions, type Pair, conv } from '../../../core/nn/layers/convolution.ts';
import { batchNorm } from '../../../core/nn/layers/normalization.ts';
import type { Layer } from '../../../core/nn/networkBuilder.ts';

/** Convolution, batch norm with ε = 0.001 and ReLU: torchvision's `BasicConv2d` of GoogLeNet and Inception. */
export function basicConv(maps: number, kernel: Pair, options: ConvolutionOptions = {}): Layer {
  return sequential([
    ['conv', conv(maps, kernel, { ...options, bias: false })],
    ['bn', batchNorm({ epsilon: 0.001 })],
    ['relu', relu],
  ]);
}

/** All weights from a normal distribution cut at ±2. */
export function cutNormal(standardDeviation: number): Partial<Initialization> {
  const weights = truncatedNormal(standardDeviation);
  return { convolution: weights, linear: weights };
}
