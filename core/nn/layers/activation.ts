import { float } from '../../graph/ir.ts';
import type { Layer } from '../networkBuilder.ts';
import { identity } from './composition.ts';

export const relu: Layer = (net, x) => net.add('Relu', [x]);

/** min(max(x, 0), 6). */
export const relu6: Layer = (net, x) => net.add('Clip', [x, net.b.scalar(0), net.b.scalar(6)]);

/** x where x > 0, else slope·x. */
export function leakyRelu(slope = 0.01): Layer {
  return (net, x) => net.add('LeakyRelu', [x], { alpha: float(slope) });
}

/** 1/(1 + e^(−x)), the logistic function. */
export const sigmoid: Layer = (net, x) => net.add('Sigmoid', [x]);

export const tanh: Layer = (net, x) => net.add('Tanh', [x]);

/** x·Φ(x) with the normal distribution Φ, exactly. */
export const gelu: Layer = (net, x) => net.add('Gelu', [x]);

/** x·sigmoid(x). */
export const silu: Layer = (net, x) => net.add('Mul', [x, net.add('Sigmoid', [x], {}, 'gate')]);

/** x·min(max(x/6 + 1/2, 0), 1). */
export const hardSwish: Layer = (net, x) => net.add('HardSwish', [x]);

export const activationNames = [
  'relu',
  'relu6',
  'leakyRelu',
  'sigmoid',
  'tanh',
  'gelu',
  'silu',
  'hardSwish',
  'identity',
] as const;

export type ActivationName = (typeof activationNames)[number];

/** Activations that a person may choose by name; `leakyRelu` has PyTorch's slope of 0.01. */
export const activations: Readonly<Record<ActivationName, Layer>> = {
  relu,
  relu6,
  leakyRelu: leakyRelu(),
  sigmoid,
  tanh,
  gelu,
  silu,
  hardSwish,
  identity,
};
