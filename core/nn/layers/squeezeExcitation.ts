import type { Layer } from '../networkBuilder.ts';
import { relu, sigmoid } from './activation.ts';
import { sequential } from './composition.ts';
import { conv } from './convolution.ts';
import { globalAveragePool } from './pooling.ts';

export interface SqueezeExcitationOptions {
  readonly activation?: Layer;
  readonly gate?: Layer;
}

/**
 * y = x·gate(W₂ activation(W₁ mean(x))), a factor a channel (Hu et al. 2018, eq. 2-4); parameters `fc1` and `fc2` are 1×1
 * convolutions, as in torchvision.
 */
export function squeezeExcitation(squeezed: number, options: SqueezeExcitationOptions = {}): Layer {
  const { activation = relu, gate = sigmoid } = options;
  return (net, x) => {
    const [, channels = 1] = net.shapeOf(x);
    const factors = sequential([
      ['avgpool', globalAveragePool],
      ['fc1', conv(squeezed, 1)],
      ['activation', activation],
      ['fc2', conv(channels, 1)],
      ['scale_activation', gate],
    ]);
    return net.add('Mul', [x, factors(net, x)], {}, 'excited');
  };
}
