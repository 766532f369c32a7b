import type { Graph } from '../graph/ir.ts';
import { LoupeError } from '../base/errors.ts';
import { prune } from './prune.ts';

/**
 * Cuts a specialised graph at `value`: what was computed becomes an input of the same name, and all
 * that only served to compute it is gone. A graph input stays as it is.
 */
export function cutAt(graph: Graph, value: string, outputs: readonly string[] = graph.outputs): Graph {
  const type = graph.types.get(value);
  if (type === undefined) throw new LoupeError('badGraph', `There is no value "${value}" to cut at.`);
  if (graph.inputs.some(({ name }) => name === value)) return prune(graph, outputs);
  const constants = new Map(graph.constants);
  constants.delete(value);
  const cut: Graph = {
    ...graph,
    constants,
    inputs: [...graph.inputs, { name: value, type: type.type, dims: type.shape }],
    // An output of the producer other than `value` may still be needed, so only the name is taken away.
    nodes: graph.nodes.map((node) =>
      node.outputs.includes(value)
        ? { ...node, outputs: node.outputs.map((name) => (name === value ? '' : name)) }
        : node,
    ),
  };
  return prune(cut, outputs);
}
