import { readInt } from '../graph/attributes.ts';
import type { Graph, Node } from '../graph/ir.ts';

/** Operators that keep the number of classes of their first (or only varying) input. */
const keeping = new Set([
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Relu',
  'Clip',
  'Identity',
  'Reshape',
  'Flatten',
  'Squeeze',
  'Unsqueeze',
  'Dropout',
  'Cast',
  'GlobalAveragePool',
  'AveragePool',
  'ReduceMean',
  'BatchNormalization',
  'Softmax',
  'LogSoftmax',
  'Sigmoid',
  'Transpose',
]);

/**
 * Number of classes at `output`, read from the weights of the last linear layer, so that it is known
 * before the graph's shapes are; undefined where no such layer is found.
 */
export function classesAt(graph: Graph, output: string): number | undefined {
  const typed = graph.types.get(output)?.shape[1];
  if (typed !== undefined) return typed;
  const producers = new Map<string, Node>();
  for (const node of graph.nodes) for (const name of node.outputs) producers.set(name, node);
  let value = output;
  for (let node = producers.get(value); node !== undefined; node = producers.get(value)) {
    const units = unitsOf(node, graph);
    if (units !== undefined) return units;
    if (!keeping.has(node.opType)) return undefined;
    value = node.inputs.find((name) => !graph.constants.has(name)) ?? '';
  }
  return undefined;
}

function unitsOf(node: Node, graph: Graph): number | undefined {
  const weights = graph.constants.get(node.inputs[1] ?? '')?.dims;
  if (weights === undefined) return undefined;
  switch (node.opType) {
    case 'Gemm':
      return readInt(node, 'transB', 0) === 1 ? weights[0] : weights[1];
    case 'MatMul':
      return weights.at(-1);
    case 'Conv':
      return weights[0];
    default:
      return undefined;
  }
}
