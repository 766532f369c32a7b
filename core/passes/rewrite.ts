import type { GraphBuilder } from '../graph/builder.ts';
import type { Graph, Node } from '../graph/ir.ts';
import { newBuilder } from '../ops/registry.ts';

/**
 * What a rewrite makes of one node. `undefined` keeps it; a list names the values that replace its
 * outputs ('' for an absent one). The node passed in already has its inputs renamed.
 */
export type RewriteNode = (node: Node, b: GraphBuilder) => readonly string[] | undefined;

/** Rebuilds a specialised graph node by node; every new node is typed and checked as it is added. */
export function rewriteGraph(graph: Graph, rewrite: RewriteNode): Graph {
  const b = newBuilder();
  b.reserve(graph.types.keys());
  for (const input of graph.inputs) {
    const type = graph.types.get(input.name);
    b.input(input.name, type ?? { type: input.type, shape: [] }, input.dims);
  }
  for (const [name, value] of graph.constants) b.setConstant(name, value);
  const renamed = new Map<string, string>();
  const current = (name: string): string => renamed.get(name) ?? name;
  for (const original of graph.nodes) {
    const node = { ...original, inputs: original.inputs.map(current) };
    const replacements = rewrite(node, b);
    if (replacements === undefined) b.addNode(node);
    else node.outputs.forEach((output, index) => renamed.set(output, replacements[index] ?? ''));
  }
  return b.build(
    graph.outputs.map((name) => keepName(b, name, current(name))),
    graph,
  );
}

/** A graph output keeps its name, because people ask for it by that name. */
export function keepName(b: GraphBuilder, name: string, current: string): string {
  if (current === name) return name;
  b.addNode({
    name: `output/${name}`,
    opType: 'Identity',
    domain: '',
    inputs: [current],
    outputs: [name],
    attributes: {},
  });
  return name;
}
