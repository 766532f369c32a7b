import type { Graph, Node } from '../graph/ir.ts';

export interface ClassOutputs {
  /** The value before any Softmax, or the output itself where there is none. */
  readonly logits: string;
  /** Set when the file ends in a Softmax, LogSoftmax or Sigmoid, which Loupe looks behind. */
  readonly activation?: string;
}

const rearranging = new Set([
  'Identity',
  'Reshape',
  'Flatten',
  'Squeeze',
  'Unsqueeze',
  'Cast',
  'Transpose',
  'Dropout',
]);
const normalising = new Set(['Softmax', 'LogSoftmax', 'Sigmoid']);

/** Finds the logits behind the file's first output, or behind `named`. */
export function findLogits(graph: Graph, named?: string): ClassOutputs {
  const output = named ?? graph.outputs[0] ?? '';
  const producers = new Map<string, Node>();
  for (const node of graph.nodes) for (const name of node.outputs) producers.set(name, node);
  let current = output;
  for (let node = producers.get(current); node !== undefined; node = producers.get(current)) {
    const [source = ''] = node.inputs;
    if (normalising.has(node.opType)) return { logits: source, activation: node.opType };
    if (!rearranging.has(node.opType)) break;
    current = source;
  }
  return { logits: output };
}
