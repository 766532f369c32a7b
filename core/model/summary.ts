import { reachable } from '../autodiff/reach.ts';
import { sizeOf } from '../base/shape.ts';
import type { Graph, GraphInput, Node } from '../graph/ir.ts';
import { findOperator } from '../ops/registry.ts';
import { multiplyAdds, parametersOf } from './cost.ts';
import { type Layer, listLayers } from './layers.ts';
import { type Model, networkOf } from './model.ts';
import type { Network } from './network.ts';

/** A layer and what it costs, together with the unlisted steps that only lead to it. */
export interface LayerSummary extends Layer {
  readonly parameters: number;
  readonly multiplyAdds: number;
}

/** An operator of the model through which no gradient passes. */
export interface Obstacle {
  readonly opType: string;
  readonly nodes: readonly string[];
}

/** What there is to say about a model before it is run. */
export interface ModelSummary {
  readonly inputs: readonly GraphInput[];
  readonly outputs: readonly string[];
  readonly classes: number;
  readonly layers: readonly LayerSummary[];
  /** Numbers that training chose; batch norm's running statistics are none. */
  readonly parameters: number;
  /** For one picture. */
  readonly multiplyAdds: number;
  /** Number of nodes by operator, in the file. */
  readonly operators: Readonly<Record<string, number>>;
  /** Operators between the picture and the logits that have no gradient. */
  readonly withoutGradient: readonly Obstacle[];
}

export function summarise(model: Model): ModelSummary {
  const network = networkOf(model);
  const { graph } = network;
  return {
    inputs: model.graph.inputs,
    outputs: model.graph.outputs,
    classes: network.classes,
    layers: layersWithCost(network),
    parameters: trainedNumbers(model.graph),
    multiplyAdds: graph.nodes.reduce((sum, node) => sum + multiplyAdds(node, graph), 0),
    operators: countOperators(model.graph.nodes),
    withoutGradient: obstacles(network),
  };
}

/** Gives every node to the first layer that depends on it. */
function layersWithCost(network: Network): LayerSummary[] {
  const { graph } = network;
  const producers = new Map<string, Node>();
  for (const node of graph.nodes) for (const name of node.outputs) producers.set(name, node);
  const counted = new Set<Node>();
  return listLayers(network).map((layer) => {
    let [parameters, madds] = [0, 0];
    const open = [layer.value];
    for (let value = open.pop(); value !== undefined; value = open.pop()) {
      const node = producers.get(value);
      if (node === undefined || counted.has(node)) continue;
      counted.add(node);
      open.push(...node.inputs);
      madds += multiplyAdds(node, graph);
      if (!node.name.startsWith('preprocessing/')) parameters += parametersOf(node, graph);
    }
    return { ...layer, parameters, multiplyAdds: madds };
  });
}

/** Elements of all float constants that nodes use, each once, without running means and variances. */
function trainedNumbers(graph: Graph): number {
  const names = new Set(
    graph.nodes.flatMap((node) =>
      node.opType === 'BatchNormalization' ? node.inputs.slice(0, 3) : node.inputs,
    ),
  );
  let total = 0;
  for (const name of names) {
    const value = graph.constants.get(name);
    if (value?.type === 'float32') total += sizeOf(value.dims);
  }
  return total;
}

function countOperators(nodes: readonly Node[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { opType } of nodes) counts[opType] = (counts[opType] ?? 0) + 1;
  return counts;
}

function obstacles({ graph, image, logits }: Network): Obstacle[] {
  const onPath = reachable(graph.nodes, [image], logits);
  const found = new Map<string, string[]>();
  for (const node of graph.nodes) {
    const vjp = findOperator(node)?.vjp ?? 'nondifferentiable';
    if (vjp !== 'nondifferentiable' || !node.outputs.some((name) => onPath.has(name))) continue;
    found.set(node.opType, [...(found.get(node.opType) ?? []), node.name]);
  }
  return [...found].map(([opType, nodes]) => ({ opType, nodes }));
}
