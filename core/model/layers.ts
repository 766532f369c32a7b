import { LoupeError } from '../base/errors.ts';
import { suggestion } from '../base/nearest.ts';
import type { Graph, Node } from '../graph/ir.ts';
import type { Network } from './network.ts';
import { type ReceptiveField, receptiveFields } from './receptiveField.ts';

/** A feature map that a person would choose. */
export interface Layer {
  /** What a person types: the node's name without the exporter's decoration. */
  readonly name: string;
  /** The value in the graph. */
  readonly value: string;
  readonly opType: string;
  /** [N, C, H, W]. */
  readonly shape: readonly number[];
  readonly receptiveField: ReceptiveField | undefined;
}

export const activations: ReadonlySet<string> = new Set([
  'Relu',
  'Clip',
  'LeakyRelu',
  'PRelu',
  'Elu',
  'Selu',
  'Celu',
  'Sigmoid',
  'HardSigmoid',
  'HardSwish',
  'Tanh',
  'Softplus',
  'Gelu',
  'Mish',
  'Erf',
]);
const meaningful = new Set([
  'Conv',
  'ConvTranspose',
  'Add',
  'Concat',
  'MaxPool',
  'AveragePool',
  'BatchNormalization',
  'LRN',
  ...activations,
]);

/**
 * The layers to choose from, in order: every 4-D feature map larger than one pixel that ends a step
 * (a convolution or sum counts after its activation).
 */
export function listLayers(network: Network): Layer[] {
  const { graph } = network;
  const fields = receptiveFields(graph, network.image);
  const hidden = valuesBeforeActivation(graph);
  return graph.nodes.flatMap((node): Layer[] => {
    const value = node.outputs[0] ?? '';
    const shape = graph.types.get(value)?.shape ?? [];
    const spatial = shape.length === 4 && (shape[2] ?? 1) * (shape[3] ?? 1) > 1;
    const choosable = meaningful.has(node.opType) && !isBeforeNetwork(node) && !hidden.has(value);
    if (!spatial || !choosable) return [];
    return [
      { name: displayName(node), value, opType: node.opType, shape, receptiveField: fields.get(value) },
    ];
  });
}

/** Whether a node belongs to what Loupe puts in front of a network. */
const isBeforeNetwork = ({ name }: Node): boolean =>
  name.startsWith('preprocessing/') || name.startsWith('defence/');

/** Values whose only consumer is an activation: the activation's output is the layer. */
function valuesBeforeActivation(graph: Graph): Set<string> {
  const consumers = new Map<string, Node[]>();
  for (const node of graph.nodes) {
    for (const input of node.inputs) consumers.set(input, [...(consumers.get(input) ?? []), node]);
  }
  const before = [...consumers].filter(
    ([, nodes]) => nodes.length === 1 && activations.has(nodes[0]?.opType ?? ''),
  );
  return new Set(before.map(([value]) => value));
}

/** `/layer1/layer1.0/relu/Relu` → `layer1/layer1.0/relu/Relu`. */
function displayName(node: Node): string {
  return node.name.replace(/^\/+/, '');
}

/**
 * The layer that `reference` names: by display name, value or node; `auto` is the last feature map,
 * the one Grad-CAM is defined on. A typo gets the nearest names.
 */
export function resolveLayer(network: Network, reference: string): Layer {
  const layers = listLayers(network);
  const found =
    reference === 'auto' ? layers.at(-1) : (byName(layers, reference) ?? anyValue(network, reference));
  if (found !== undefined) return found;
  if (reference === 'auto') {
    throw new LoupeError(
      'unsupportedOperator',
      'This network has no feature map with a height and a width, so a layer must be named.',
    );
  }
  const advice = suggestion(
    reference,
    layers.flatMap(({ name }) => [name, ...name.split('/').slice(0, -1)]),
  );
  throw new LoupeError(
    'notFound',
    `There is no layer "${reference}".${advice} "loupe info" lists the layers.`,
  );
}

function byName(layers: readonly Layer[], reference: string): Layer | undefined {
  const exact = layers.find(
    ({ name, value }) => name === reference || value === reference || `/${name}` === reference,
  );
  if (exact !== undefined) return exact;
  // A module's name without the operator, as PyTorch users know it: "layer4.1/relu".
  const inside = layers.filter(
    ({ name }) => name.startsWith(`${reference}/`) || name.includes(`/${reference}/`),
  );
  return inside.at(-1);
}

/** Any other value of the graph with a channel axis, for those who know it by name: [N, C, H, W] or [N, C]. */
function anyValue({ graph }: Network, reference: string): Layer | undefined {
  const node = graph.nodes.find(({ name, outputs }) => name === reference || outputs.includes(reference));
  const value = node?.outputs[0];
  const shape = graph.types.get(value ?? '')?.shape ?? [];
  if (node === undefined || value === undefined || ![2, 4].includes(shape.length)) return undefined;
  return { name: displayName(node), value, opType: node.opType, shape, receptiveField: undefined };
}
