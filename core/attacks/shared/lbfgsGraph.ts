import { backward } from '../../autodiff/backward.ts';
import { type Graph, int } from '../../graph/ir.ts';
import type { Network } from '../../model/network.ts';
import { newBuilder } from '../../ops/registry.ts';
import { arithmetic } from '../../ops/shared/arithmetic.ts';
import { exampleAxes } from './direction.ts';
import { crossEntropyLoss } from './loss.ts';

/** The objective of Szegedy et al. with its gradient, as a graph. */
export interface LbfgsGraph {
  readonly graph: Graph;
  readonly inputs: {
    readonly image: string;
    /** [N, C, H, W]. */
    readonly original: string;
    /** int64 [N]: the class to reach. */
    readonly classes: string;
    /** c, float32 [N]. */
    readonly weight: string;
  };
  readonly outputs: {
    /** c‖x − x₀‖₂² + J(x, t), [N]. */
    readonly value: string;
    /** [N, C, H, W]. */
    readonly gradient: string;
    readonly logits: string;
  };
}

export function lbfgsGraph(network: Network): LbfgsGraph {
  const b = newBuilder(network.graph);
  const image = b.typeOf(network.image);
  const batch = image.shape.slice(0, 1);
  const inputs = {
    image: network.image,
    original: b.input(b.fresh('original'), image),
    classes: b.input(b.fresh('classes'), { type: 'int64', shape: batch }),
    weight: b.input(b.fresh('weight'), { type: 'float32', shape: batch }),
  };
  const { add, mul, sub } = arithmetic(b);
  const delta = sub(network.image, inputs.original);
  const distance = b.add('ReduceSum', [mul(delta, delta), b.axes(exampleAxes)], { keepdims: int(0) });
  const loss = crossEntropyLoss(b, network, inputs.classes);
  const value = add(mul(inputs.weight, distance), loss);
  const [gradient = ''] = backward(b, { of: value, wrt: [network.image], composite: network.rules ?? [] });
  const outputs = { value, gradient, logits: network.logits };
  return { graph: b.build(Object.values(outputs), network.graph), inputs, outputs };
}
