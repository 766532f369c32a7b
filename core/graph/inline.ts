import type { GraphBuilder } from './builder.ts';
import type { Graph } from './ir.ts';

/**
 * Appends all nodes of a specialised graph to `b` with its inputs bound to values of `b`, so that one graph can
 * hold a network behind any other computation, or twice.
 *
 * @param bindings value of `b` by input name; shapes must agree.
 * @returns the graph as it stands in `b`: the same nodes under the names that its values have there.
 */
export function inlineGraph(
  b: GraphBuilder,
  graph: Graph,
  bindings: Readonly<Record<string, string>>,
): { readonly graph: Graph; readonly current: (name: string) => string } {
  const names = new Map<string, string>(Object.entries(bindings));
  const current = (name: string): string => (name === '' ? '' : (names.get(name) ?? name));
  for (const [name, value] of graph.constants) {
    // Networks of several batch sizes share their weights.
    if (b.constantOf(name) !== value) names.set(name, b.setConstant(b.fresh(name), value));
  }
  const nodes = graph.nodes.map((node) => {
    for (const output of node.outputs) if (output !== '') names.set(output, b.fresh(output));
    const renamed = { ...node, inputs: node.inputs.map(current), outputs: node.outputs.map(current) };
    b.addNode(renamed);
    return renamed;
  });
  const types = new Map([...graph.types].map(([name, type]) => [current(name), type]));
  const constants = new Map([...graph.constants].map(([name, value]) => [current(name), value]));
  return {
    graph: { ...graph, nodes, types, constants, inputs: [], outputs: graph.outputs.map(current) },
    current,
  };
}
