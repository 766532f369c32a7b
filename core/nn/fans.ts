import { type Shape, sizeOf } from '../base/shape.ts';

/** How many inputs a unit of a layer has, and how many units an input reaches. */
export interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

/**
 * Fans of weights of shape [out, in, …kernel]: fanIn = in·kernel, fanOut = out·kernel. As in PyTorch the second axis is
 * taken as it is, so that a grouped convolution counts the inputs of its group but the outputs of all groups.
 */
export function fansOf(shape: Shape): Fans {
  const [out = 1, inside = 1, ...kernel] = shape;
  const taps = sizeOf(kernel);
  return { fanIn: inside * taps, fanOut: out * taps };
}
