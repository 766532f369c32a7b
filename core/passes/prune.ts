import type { Graph, Node } from '../graph/ir.ts';

/** Keeps only what `outputs` need: nodes, constants and inputs. */
export function prune(graph: Graph, outputs: readonly string[] = graph.outputs): Graph {
  const needed = new Set(outputs);
  const nodes: Node[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((output) => needed.has(output))) continue;
    nodes.push(node);
    for (const input of node.inputs) if (input !== '') needed.add(input);
  }
  nodes.reverse();
  const defined = new Set(nodes.flatMap((node) => node.outputs));
  const keep = <T>(map: ReadonlyMap<string, T>, extra: ReadonlySet<string>): Map<string, T> =>
    new Map([...map].filter(([name]) => needed.has(name) || extra.has(name)));
  return {
    ...graph,
    outputs: [...outputs],
    nodes,
    inputs: graph.inputs.filter(({ name }) => needed.has(name)),
    constants: keep(graph.constants, new Set()),
    types: keep(graph.types, defined),
  };
}
