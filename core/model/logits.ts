import type { Graph, Node } from '../graph/ir.ts';

/** What makes probabilities of logits: classes that exclude one another, or independent ones. */
export type OutputActivation = 'Softmax' | 'Sigmoid';

export interface ClassOutputs {
  /** The value before any Softmax, LogSoftmax or Sigmoid, or the output itself where there is none. */
  readonly logits: string;
  /** Sigmoid where the file ends in one, else Softmax. */
  readonly activation: OutputActivation;
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

/** Finds the logits behind the file's first output, or behind `named`, which may be those logits themselves. */
export function findLogits(graph: Graph, named?: string): ClassOutputs {
  const ending = behindActivation(graph, graph.outputs[0] ?? '');
  if (named === undefined || named === ending.logits) return ending;
  return behindActivation(graph, named);
}

function behindActivation(graph: Graph, output: string): ClassOutputs {
  const producers = new Map<string, Node>();
  for (const node of graph.nodes) for (const name of node.outputs) producers.set(name, node);
  let current = output;
  for (let node = producers.get(current); node !== undefined; node = producers.get(current)) {
    const [source = ''] = node.inputs;
    if (normalising.has(node.opType)) {
      return { logits: source, activation: node.opType === 'Sigmoid' ? 'Sigmoid' : 'Softmax' };
    }
    if (!rearranging.has(node.opType)) break;
    current = source;
  }
  return { logits: output, activation: 'Softmax' };
}
