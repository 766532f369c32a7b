import { sizeOf } from '../base/shape.ts';
import type { Graph, Node } from '../graph/ir.ts';

const weighted = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul']);

/**
 * Multiply-adds of one node: for a convolution, output elements × weights a unit (C/groups·kH·kW);
 * for a transposed one, input elements × weights a unit; for a matrix product, output elements × inner length.
 */
export function multiplyAdds(node: Node, graph: Graph): number {
  if (node.domain !== '' || !weighted.has(node.opType)) return 0;
  const shape = (name: string | undefined): readonly number[] => graph.types.get(name ?? '')?.shape ?? [];
  const [x, w] = [shape(node.inputs[0]), shape(node.inputs[1])];
  const output = sizeOf(shape(node.outputs[0]));
  switch (node.opType) {
    case 'Conv':
      return output * sizeOf(w.slice(1));
    case 'ConvTranspose':
      return sizeOf(x) * sizeOf(w.slice(1));
    case 'Gemm':
      return output * (sizeOf(w) / Math.max(1, shape(node.outputs[0]).at(-1) ?? 1));
    default:
      return output * (x.at(-1) ?? 1);
  }
}

/** Float constants of a node: its parameters. */
export function parametersOf(node: Node, graph: Graph): number {
  return node.inputs.reduce((sum, name) => {
    const value = graph.constants.get(name);
    return sum + (value?.type === 'float32' ? sizeOf(value.dims) : 0);
  }, 0);
}
