import { readInts } from '../graph/attributes.ts';
import type { Graph, Node } from '../graph/ir.ts';

/** How much of the input one element of a feature map sees, in pixels of the (square) input. */
export interface ReceptiveField {
  readonly size: number;
  /** Distance in the input between neighbours of the map. */
  readonly stride: number;
}

const windowed = new Set(['Conv', 'MaxPool', 'AveragePool', 'LpPool']);
const global = new Set([
  'GlobalAveragePool',
  'GlobalMaxPool',
  'Gemm',
  'MatMul',
  'Flatten',
  'ReduceMean',
  'ReduceMax',
  'Reshape',
]);

/**
 * Receptive field of every 4-D value along the last axis: size ← size + (k − 1)·dilation·stride,
 * stride ← stride·s; where paths join, the larger one. Values beyond a global operator see everything
 * and are not listed.
 */
export function receptiveFields(graph: Graph, input: string): Map<string, ReceptiveField> {
  const fields = new Map<string, ReceptiveField>([[input, { size: 1, stride: 1 }]]);
  for (const node of graph.nodes) {
    const sources = node.inputs.map((name) => fields.get(name)).filter((field) => field !== undefined);
    if (sources.length === 0 || global.has(node.opType)) continue;
    const widest = sources.reduce((a, b) => (b.size > a.size ? b : a));
    const field = windowed.has(node.opType) ? throughWindow(graph, node, widest) : widest;
    for (const output of node.outputs)
      if (graph.types.get(output)?.shape.length === 4) fields.set(output, field);
  }
  return fields;
}

function throughWindow(graph: Graph, node: Node, { size, stride }: ReceptiveField): ReceptiveField {
  const fallback = graph.types.get(node.inputs[1] ?? '')?.shape.slice(2) ?? [1, 1];
  const last = (name: string, other: readonly number[]): number => readInts(node, name, other).at(-1) ?? 1;
  const kernel = last('kernel_shape', fallback);
  return {
    size: size + (kernel - 1) * last('dilations', [1]) * stride,
    stride: stride * last('strides', [1]),
  };
}
