import { int } from '../../graph/ir.ts';
import type { Initializer } from '../initializers.ts';
import type { Layer } from '../networkBuilder.ts';

export interface LinearOptions {
  readonly bias?: boolean;
  /** How the weights are drawn, where it differs from the surroundings. */
  readonly weights?: Initializer;
}

/**
 * y = x Wᵀ + b along the last axis, [N, …, in] → [N, …, out]; parameters `weight` [out, in] and `bias` [out]. All other axes
 * become the rows of one matrix product.
 */
export function linear(out: number, { bias = true, weights }: LinearOptions = {}): Layer {
  return (net, x) => {
    const shape = net.shapeOf(x);
    const inside = shape.at(-1) ?? 1;
    const weight = net.parameter('weight', [out, inside], net.initializer('linear', weights));
    const fans = { fanIn: inside, fanOut: out };
    const shift = bias ? [net.parameter('bias', [out], net.initializer('bias'), fans)] : [];
    const product = (rows: string, name?: string): string =>
      net.add('Gemm', [rows, weight, ...shift], { transB: int(1) }, name);
    if (shape.length === 2) return product(x);
    const rows = net.add('Reshape', [x, net.b.axes([-1, inside])], {}, 'rows');
    return net.add('Reshape', [product(rows, 'product'), net.b.axes([-1, ...shape.slice(1, -1), out])]);
  };
}

/** [N, C, H, W] → [N, C·H·W]. */
export const flatten: Layer = (net, x) => net.add('Flatten', [x], { axis: int(1) });

/** With this probability a unit is zeroed in training, and the others grow by 1/(1 − probability); nothing at inference. */
export function dropout(probability: number): Layer {
  return (net, x) => (probability === 0 ? x : net.add('Dropout', [x, net.b.scalar(probability)]));
}
