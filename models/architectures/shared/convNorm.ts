import { numbered } from '../../../core/nn/layers/composition.ts';
import { type Pair, conv, depthwise } from '../../../core/nn/layers/convolution.ts';
import { batchNorm } from '../../../core/nn/layers/normalization.ts';
import type { Layer } from '../../../core/nn/networkBuilder.ts';

/** Convolution that keeps the size (over its stride), batch norm, activation: torchvision's `Conv2dNormActivation`. */
export function convNorm(maps: number, kernel: number, stride: Pair, ...activation: readonly Layer[]): Layer {
  const options = { stride, padding: (kernel - 1) / 2, bias: false };
  return numbered(conv(maps, kernel, options), batchNorm(), ...activation);
}

/** The same with one kernel a channel. */
export function depthwiseNorm(kernel: number, stride: Pair, ...activation: readonly Layer[]): Layer {
  const options = { stride, padding: (kernel - 1) / 2, bias: false };
  return numbered(depthwise(kernel, options), batchNorm(), ...activation);
}

/** The branch with the input added to it where their shapes agree, as the inverted residuals of MobileNet have it. */
export function residualIfSame(outChannels: number, stride: number, branch: Layer): Layer {
  return (net, x) => {
    const [, channels] = net.shapeOf(x);
    const deep = branch(net, x);
    return stride === 1 && channels === outChannels ? net.add('Add', [x, deep], {}, 'add') : deep;
  };
}
