import type { Attribute, Graph, Node } from '../../graph/ir.ts';
import { multiplyAdds, parametersOf } from '../../model/cost.ts';
import { listLayers } from '../../model/layers.ts';
import { type Model, networkOf } from '../../model/model.ts';
import type { Network } from '../../model/network.ts';
import { receptiveFields } from '../../model/receptiveField.ts';
import type { GraphNode, GraphView } from '../../protocol/workbench.ts';

const inputNode = 'input';
const outputNode = 'output';

/** The network as a graph to draw: a node an operator, an edge a value that passes between two, groups by name prefix. */
export function graphView(model: Model): GraphView {
  const network = networkOf(model);
  const groups = groupsOf(network.graph.nodes);
  const operators = operatorNodes(network, groups);
  const ends = [
    end(inputNode, 'Input', network.graph, network.image),
    end(outputNode, 'Output', network.graph, network.logits),
  ];
  return {
    nodes: [...ends.slice(0, 1), ...operators, ...ends.slice(1)],
    edges: edgesOf(network),
    groups: [...groups.values()].map(({ id, title, parent }) => ({
      id,
      title,
      ...(parent === undefined ? {} : { parent }),
      nodes: operators.filter(({ group }) => group === id).map((node) => node.id),
    })),
  };
}

function end(role: 'input' | 'output', opType: string, graph: Graph, value: string): GraphNode {
  const shape = [...(graph.types.get(value)?.shape ?? [])];
  return { id: role, name: value, opType, shape, parameters: 0, multiplyAdds: 0, role, attributes: {} };
}

function operatorNodes(network: Network, groups: ReadonlyMap<string, Group>): GraphNode[] {
  const { graph } = network;
  const fields = receptiveFields(graph, network.image);
  const layers = new Map(listLayers(network).map(({ name, value }) => [value, name]));
  return graph.nodes.map((node, index) => {
    const value = node.outputs[0] ?? '';
    const field = fields.get(value);
    const layer = layers.get(value);
    const group = innermostGroup(node, groups);
    return {
      id: nodeId(index),
      name: plainName(node),
      opType: node.opType,
      shape: [...(graph.types.get(value)?.shape ?? [])],
      parameters: isPreprocessing(node) ? 0 : parametersOf(node, graph),
      multiplyAdds: multiplyAdds(node, graph),
      ...(field === undefined ? {} : { receptiveField: { ...field } }),
      ...(layer === undefined ? {} : { layer }),
      ...(group === undefined ? {} : { group }),
      role: isPreprocessing(node) ? 'preprocessing' : 'network',
      attributes: Object.fromEntries(
        Object.entries(node.attributes).map(([name, attribute]) => [name, attributeText(attribute)]),
      ),
    };
  });
}

/** Names in files need not be unique; the place in the order is. */
const nodeId = (index: number): string => `node${index}`;

const plainName = ({ name, opType }: Node): string => name.replace(/^\/+/, '') || opType;

const isPreprocessing = ({ name }: Node): boolean => name.startsWith('preprocessing/');

function edgesOf({ graph, image, logits }: Network): GraphView['edges'] {
  const makers = new Map([[image, inputNode]]);
  graph.nodes.forEach(({ outputs }, index) => {
    for (const value of outputs) if (value !== '') makers.set(value, nodeId(index));
  });
  const edge = (value: string, to: string): GraphView['edges'] => {
    const from = makers.get(value);
    const shape = [...(graph.types.get(value)?.shape ?? [])];
    return from === undefined ? [] : [{ from, to, shape }];
  };
  return [
    ...graph.nodes.flatMap(({ inputs }, index) =>
      [...new Set(inputs)].flatMap((value) => edge(value, nodeId(index))),
    ),
    ...edge(logits, outputNode),
  ];
}

interface Group {
  readonly id: string;
  readonly title: string;
  readonly parent: string | undefined;
}

/** `layer1/layer1.0/conv1/Conv` lies in `layer1`, `layer1/layer1.0` and `layer1/layer1.0/conv1`. */
function prefixesOf(node: Node): string[] {
  const parts = plainName(node).split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** Prefixes that hold at least two nodes, and more than their only subgroup does. */
function groupsOf(nodes: readonly Node[]): ReadonlyMap<string, Group> {
  const counts = new Map<string, number>();
  for (const node of nodes)
    for (const prefix of prefixesOf(node)) counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
  const parentOf = (prefix: string): string => prefix.slice(0, Math.max(0, prefix.lastIndexOf('/')));
  const large = [...counts].filter(([, count]) => count >= 2);
  const kept = large.filter(
    ([prefix, count]) => !large.some(([other, more]) => parentOf(other) === prefix && more === count),
  );
  const names = new Set(kept.map(([prefix]) => prefix));
  const groups = kept.map(([id]): [string, Group] => {
    let parent = parentOf(id);
    while (parent !== '' && !names.has(parent)) parent = parentOf(parent);
    const title = parent === '' ? id : id.slice(parent.length + 1);
    return [id, { id, title, parent: parent === '' ? undefined : parent }];
  });
  return new Map(groups);
}

const innermostGroup = (node: Node, groups: ReadonlyMap<string, Group>): string | undefined =>
  prefixesOf(node).findLast((prefix) => groups.has(prefix));

function attributeText({ kind, value }: Attribute): string {
  switch (kind) {
    case 'ints':
    case 'floats':
    case 'strings':
      return `[${value.slice(0, 16).join(', ')}${value.length > 16 ? ', …' : ''}]`;
    case 'tensor':
      return `${value.type} [${value.dims.join(', ')}]`;
    default:
      return String(value);
  }
}
