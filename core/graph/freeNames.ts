import type { Graph, Node } from './ir.ts';

export interface FreedNames {
  readonly graph: Graph;
  /** The present name of a value that had this one. */
  readonly current: (name: string) => string;
}

/**
 * Renames the values of a graph that are called as one of `names`, so that the names can be given to others: people export
 * models with inputs called `image` and outputs called `scores`.
 */
export function freeNames(graph: Graph, names: Iterable<string>): FreedNames {
  const taken = valueNames(graph);
  const renamed = new Map<string, string>();
  for (const name of new Set(names)) {
    if (!taken.has(name)) continue;
    let fresh = `model/${name}`;
    while (taken.has(fresh)) fresh = `model/${fresh}`;
    taken.add(fresh);
    renamed.set(name, fresh);
  }
  const current = (name: string): string => renamed.get(name) ?? name;
  return { graph: renamed.size === 0 ? graph : withNames(graph, current), current };
}

function valueNames({ inputs, nodes, constants }: Graph): Set<string> {
  return new Set([
    ...inputs.map(({ name }) => name),
    ...constants.keys(),
    ...nodes.flatMap(({ outputs }) => outputs),
  ]);
}

function withNames(graph: Graph, current: (name: string) => string): Graph {
  const keyed = <T>(map: ReadonlyMap<string, T>): Map<string, T> =>
    new Map([...map].map(([name, value]) => [current(name), value]));
  const renamedNode = (node: Node): Node => ({
    ...node,
    inputs: node.inputs.map(current),
    outputs: node.outputs.map(current),
  });
  return {
    ...graph,
    inputs: graph.inputs.map((input) => ({ ...input, name: current(input.name) })),
    outputs: graph.outputs.map(current),
    nodes: graph.nodes.map(renamedNode),
    constants: keyed(graph.constants),
    types: keyed(graph.types),
  };
}
