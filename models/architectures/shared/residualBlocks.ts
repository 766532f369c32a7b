import { relu } from '../../../core/nn/layers/activation.ts';
import {
  chain,
  identity,
  named,
  numbered,
  residual,
  sequential,
} from '../../../core/nn/layers/composition.ts';
import { conv } from '../../../core/nn/layers/convolution.ts';
import { batchNorm } from '../../../core/nn/layers/normalization.ts';
import type { Layer } from '../../../core/nn/networkBuilder.ts';

/** A residual block that ends in `maps` maps and takes every `stride`-th pixel. */
export type Block = (maps: number, stride: number) => Layer;

/** What stands beside the branch: x itself where the shapes agree, else a layer that makes them agree. */
type Shortcut = (outChannels: number, stride: number) => Layer;

/** A 1×1 convolution and a batch norm (He et al. 2016, option B), named as in torchvision. */
export const projection: Shortcut = (outChannels, stride) =>
  named('downsample', numbered(conv(outChannels, 1, { stride, bias: false }), batchNorm()));

function shortcutTo(outChannels: number, stride: number, shortcut: Shortcut): Layer {
  return (net, x) => {
    const [, channels] = net.shapeOf(x);
    const agrees = stride === 1 && channels === outChannels;
    return (agrees ? identity : shortcut(outChannels, stride))(net, x);
  };
}

/** Two 3×3 convolutions (He et al. 2016, fig. 5 left). */
export function basicBlock(shortcut = projection): Block {
  return (maps, stride) => {
    const branch = sequential([
      ['conv1', conv(maps, 3, { stride, padding: 1, bias: false })],
      ['bn1', batchNorm()],
      ['relu1', relu],
      ['conv2', conv(maps, 3, { padding: 1, bias: false })],
      ['bn2', batchNorm()],
    ]);
    return chain(residual(branch, shortcutTo(maps, stride, shortcut)), named('relu2', relu));
  };
}

/** 1×1, 3×3 and 1×1 with four times the maps (fig. 5 right); the 3×3 convolution has the stride, as in torchvision. */
export const bottleneck: Block = (maps, stride) => {
  const branch = sequential([
    ['conv1', conv(maps, 1, { bias: false })],
    ['bn1', batchNorm()],
    ['relu1', relu],
    ['conv2', conv(maps, 3, { stride, padding: 1, bias: false })],
    ['bn2', batchNorm()],
    ['relu2', relu],
    ['conv3', conv(4 * maps, 1, { bias: false })],
    ['bn3', batchNorm()],
  ]);
  return chain(residual(branch, shortcutTo(4 * maps, stride, projection)), named('relu3', relu));
};

/** `count` blocks, of which the first has the stride. */
export function stage(block: Block, maps: number, count: number, stride: number): Layer {
  return numbered(...Array.from({ length: count }, (_, index) => block(maps, index === 0 ? stride : 1)));
}
