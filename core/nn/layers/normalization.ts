import { float32 } from '../../base/tensor.ts';
import { float, int, ints } from '../../graph/ir.ts';
import { constant, ones, zeros } from '../initializers.ts';
import type { Layer, NetworkBuilder } from '../networkBuilder.ts';

export interface BatchNormOptions {
  readonly epsilon?: number;
  /** The share of the batch in the running statistics after a step of training; 0.1 unless told. */
  readonly momentum?: number;
}

/**
 * y = γ(x − μ)/√(σ² + ε) + β a channel with running statistics; parameters `weight` γ and `bias` β, buffers `running_mean` and
 * `running_var`, [C] each. ONNX's momentum is the share of the old statistics.
 */
export function batchNorm({ epsilon = 1e-5, momentum = 0.1 }: BatchNormOptions = {}): Layer {
  return (net, x) => {
    const [, channels = 1] = net.shapeOf(x);
    const statistic = (name: string, value: number): string =>
      net.buffer(name, float32(new Float32Array(channels).fill(value)));
    const inputs = [
      x,
      ...scaleAndShift(net, [channels]),
      statistic('running_mean', 0),
      statistic('running_var', 1),
    ];
    return net.add('BatchNormalization', inputs, { epsilon: float(epsilon), momentum: float(1 - momentum) });
  };
}

export interface LayerNormOptions {
  readonly epsilon?: number;
  /** The first of the axes over which one example is standardized; the last axis unless told. */
  readonly axis?: number;
}

/** y = γx̂ + β with x̂ standardized over the axes from `axis` on, whose shape the parameters `weight` and `bias` have. */
export function layerNorm({ epsilon = 1e-5, axis = -1 }: LayerNormOptions = {}): Layer {
  return (net, x) => {
    const parameters = scaleAndShift(net, net.shapeOf(x).slice(axis));
    return net.add('LayerNormalization', [x, ...parameters], { axis: int(axis), epsilon: float(epsilon) });
  };
}

/** y = γx̂ + β a channel with x̂ standardized over the pixels of each of `groups` groups of channels. */
export function groupNorm(groups: number, epsilon = 1e-5): Layer {
  return (net, x) => {
    const [, channels = 1] = net.shapeOf(x);
    const attributes = { num_groups: int(groups), epsilon: float(epsilon) };
    return net.add('GroupNormalization', [x, ...scaleAndShift(net, [channels])], attributes);
  };
}

function scaleAndShift(net: NetworkBuilder, shape: readonly number[]): [scale: string, shift: string] {
  return [net.parameter('weight', shape, ones), net.parameter('bias', shape, zeros)];
}

/** Runs a layer on [N, H, W, C] instead of [N, C, H, W]. */
export function channelsLast(layer: Layer): Layer {
  return (net, x) => {
    const last = net.add('Transpose', [x], { perm: ints([0, 2, 3, 1]) }, 'channelsLast');
    return net.add('Transpose', [layer(net, last)], { perm: ints([0, 3, 1, 2]) }, 'channelsFirst');
  };
}

/** y = γx a channel, with γ [C, 1, 1] as the parameter `layer_scale` itself (Touvron et al. 2021, "Going deeper"). */
export function layerScale(initial: number): Layer {
  return (net, x) => {
    const [, channels = 1] = net.shapeOf(x);
    const scale = net.parameter('layer_scale', [channels, 1, 1], constant(initial));
    return net.add('Mul', [x, scale], {}, 'scaled');
  };
}
