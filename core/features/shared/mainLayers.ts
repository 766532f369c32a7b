import type { Graph } from '../../graph/ir.ts';
import { type Layer, listLayers } from '../../model/layers.ts';
import type { Network } from '../../model/network.ts';

/**
 * The feature maps that carry everything: values that each path from the image to the scores goes through (the ends of blocks,
 * not their branches), without poolings, without bottlenecks (less than half as wide as the widest of their
 * resolution) and without maps of class scores.
 */
export function mainLayers(network: Network): Layer[] {
  const joints = jointValues(network.graph, network.image);
  const candidates = listLayers(network).filter(
    ({ value, opType, shape }) =>
      joints.has(value) && !opType.endsWith('Pool') && shape[1] !== network.classes,
  );
  const widest = new Map<number, number>();
  for (const layer of candidates) {
    const stride = strideOf(layer);
    widest.set(stride, Math.max(widest.get(stride) ?? 0, channelsOf(layer)));
  }
  return candidates.filter((layer) => 2 * channelsOf(layer) >= (widest.get(strideOf(layer)) ?? 0));
}

/** Main layers of one resolution each, in order. */
export function layersByResolution(layers: readonly Layer[]): Layer[][] {
  const groups = new Map<number, Layer[]>();
  for (const layer of layers) groups.set(strideOf(layer), [...(groups.get(strideOf(layer)) ?? []), layer]);
  return [...groups.values()];
}

const channelsOf = ({ shape }: Layer): number => shape[1] ?? 0;

/** Pixels from one place of the map to the next; maps whose stride is not known are told apart by their size, as negative numbers. */
const strideOf = ({ receptiveField, shape }: Layer): number =>
  receptiveField?.stride ?? -(shape[2] ?? 0) * (shape[3] ?? 0);

/** Values after which nothing older is read: their consumers see the image through them alone. */
function jointValues(graph: Graph, image: string): Set<string> {
  const lastUse = new Map<string, number>();
  graph.nodes.forEach(({ inputs }, at) => {
    for (const name of inputs) lastUse.set(name, at);
  });
  const dependent = new Set([image]);
  const joints = new Set<string>();
  let busyUntil = lastUse.get(image) ?? 0;
  graph.nodes.forEach(({ inputs, outputs }, at) => {
    if (!inputs.some((name) => dependent.has(name))) return;
    const [first] = outputs;
    if (first !== undefined && outputs.length === 1 && busyUntil <= at) joints.add(first);
    for (const name of outputs) {
      dependent.add(name);
      busyUntil = Math.max(busyUntil, lastUse.get(name) ?? 0);
    }
  });
  return joints;
}
