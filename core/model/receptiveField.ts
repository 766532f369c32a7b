import { shapesEqual } from '../base/shape.ts';
import { numbersOf } from '../base/tensor.ts';
import { readInts } from '../graph/attributes.ts';
import type { Graph, Node } from '../graph/ir.ts';
import { reach, readWindows } from '../ops/shared/windows.ts';

/** How much of the input one element of a feature map sees along an axis, in pixels of the input. */
export interface ReceptiveField {
  readonly size: number;
  /** Distance in the input between neighbours of the map. */
  readonly stride: number;
  /** Where the field of element 0 has its centre; pixel 0 is at 0. Element i sees (size − 1)/2 to both sides of start + i·stride. */
  readonly start: number;
}

/** Spatial axes, counted from the last as they are where channels are split into groups. */
export type SpatialAxis = 'height' | 'width';

const windowed = new Set(['Conv', 'MaxPool', 'AveragePool', 'LpPool']);
const global = new Set([
  'GlobalAveragePool',
  'GlobalMaxPool',
  'Gemm',
  'MatMul',
  'Flatten',
  'ReduceMean',
  'ReduceMax',
]);

/**
 * Receptive field of every feature map [N, C, H, W] along an axis. A window of reach r = (k − 1)·dilation + 1, stride s and padding p
 * in front makes
 *   size ← size + (r − 1)·stride,  start ← start + ((r − 1)/2 − p)·stride,  stride ← stride·s;
 * where paths join, an element sees what any of them sees. Not listed are values beyond a global operator, which see
 * everything, and beyond one that resizes the map in another way. What scales a map by its own mean counts as local.
 */
export function receptiveFields(
  graph: Graph,
  input: string,
  axis: SpatialAxis = 'width',
): Map<string, ReceptiveField> {
  const fields = new Map<string, ReceptiveField>([[input, { size: 1, stride: 1, start: 0 }]]);
  for (const node of graph.nodes) {
    const sources = node.inputs.map((name) => fields.get(name)).filter((field) => field !== undefined);
    if (sources.length === 0 || global.has(node.opType)) continue;
    const field = throughNode(graph, node, sources.reduce(together), axis);
    if (field === undefined) continue;
    for (const output of node.outputs)
      if ((graph.types.get(output)?.shape.length ?? 0) >= 4) fields.set(output, field);
  }
  return fields;
}

/** What both see together; fields of one map have one stride. */
function together(a: ReceptiveField, b: ReceptiveField): ReceptiveField {
  const first = Math.min(a.start - (a.size - 1) / 2, b.start - (b.size - 1) / 2);
  const last = Math.max(a.start + (a.size - 1) / 2, b.start + (b.size - 1) / 2);
  return { size: last - first + 1, stride: Math.max(a.stride, b.stride), start: (first + last) / 2 };
}

function throughNode(
  graph: Graph,
  node: Node,
  field: ReceptiveField,
  axis: SpatialAxis,
): ReceptiveField | undefined {
  if (windowed.has(node.opType)) return throughWindow(graph, node, field, axis);
  if (node.opType === 'Pad') return behindPadding(graph, node, field, axis);
  if (node.opType === 'Transpose') return field;
  const extents = (name: string | undefined): readonly number[] =>
    graph.types.get(name ?? '')?.shape.slice(-2) ?? [];
  const [output] = node.outputs;
  return node.inputs.some((name) => shapesEqual(extents(name), extents(output))) ? field : undefined;
}

function throughWindow(
  graph: Graph,
  node: Node,
  { size, stride, start }: ReceptiveField,
  axis: SpatialAxis,
): ReceptiveField {
  const spatialOf = (name: string | undefined): readonly number[] =>
    graph.types.get(name ?? '')?.shape.slice(2) ?? [];
  const kernel = readInts(node, 'kernel_shape', spatialOf(node.inputs[1]));
  const windows = readWindows(node, kernel, spatialOf(node.inputs[0]));
  const at = axis === 'height' ? 0 : 1;
  const more = reach(windows, at) - 1;
  return {
    size: size + more * stride,
    stride: stride * (windows.strides[at] ?? 1),
    start: start + (more / 2 - (windows.begins[at] ?? 0)) * stride,
  };
}

function behindPadding(
  graph: Graph,
  node: Node,
  field: ReceptiveField,
  axis: SpatialAxis,
): ReceptiveField | undefined {
  const [, pads, , axes] = node.inputs.map((name) => graph.constants.get(name));
  const rank = graph.types.get(node.inputs[0] ?? '')?.shape.length ?? 0;
  if (pads === undefined || ((node.inputs[3] ?? '') !== '' && axes === undefined)) return undefined;
  const padded = axes === undefined ? undefined : numbersOf(axes).map((each) => (each + rank) % rank);
  const wanted = rank - (axis === 'height' ? 2 : 1);
  const index = padded === undefined ? wanted : padded.indexOf(wanted);
  const begin = index < 0 ? 0 : (numbersOf(pads)[index] ?? 0);
  return { ...field, start: field.start - begin * field.stride };
}
