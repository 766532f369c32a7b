import { LoupeError } from '../base/errors.ts';
import { shapesEqual } from '../base/shape.ts';
import { type Tensor, floatsOf, numbersOf, tensor } from '../base/tensor.ts';
import { readInt, readInts } from '../graph/attributes.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import { type Graph, type Node, ints, loupeDomain } from '../graph/ir.ts';
import { rewriteGraph } from './rewrite.ts';

/**
 * The gradient of a Concat along the channels is a slice for each branch. Slicing a convolution's
 * gradient is computing fewer of its channels, so the slice moves into the weights:
 *   ConvInputGrad(ct, W)[:, s:e] = ConvInputGrad(ct, W[:, s:e]),   (a + b)[:, s:e] = a[:, s:e] + b[:, s:e].
 * Only where all consumers are such slices, so that nothing is computed twice; terms of a sum that are no
 * convolution's gradient are sliced as they are.
 */
export function sliceEarlier(graph: Graph): Graph {
  const producers = new Map<string, Node>();
  for (const node of graph.nodes) for (const output of node.outputs) producers.set(output, node);
  const sliceable = findSliceable(graph, producers);
  // Nodes as they are now, with the names that their inputs have after earlier replacements.
  const seen = new Map<string, Node>();
  const slice = (b: GraphBuilder, value: string, range: Range, name: string): string => {
    const node = seen.get(value);
    if (node === undefined || !sliceable.has(value)) {
      return b.add('Slice', [value, b.axes([range.start]), b.axes([range.end]), b.axes([1])], {}, { name });
    }
    if (node.opType !== 'Add') return partialGradient(b, node, range);
    return b.add(
      'Add',
      node.inputs.map((input) => slice(b, input, range, name)),
      {},
      { name },
    );
  };
  return rewriteGraph(graph, (node, b) => {
    for (const output of node.outputs) seen.set(output, node);
    const range = channelRange(node, b, graph);
    const [source = ''] = node.inputs;
    if (range === undefined || !sliceable.has(source)) return undefined;
    return [slice(b, source, range, node.name)];
  });
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** The channels that a Slice keeps, if it slices only axis 1 with step 1. */
function channelRange(node: Node, b: Pick<GraphBuilder, 'constantOf'>, graph: Graph): Range | undefined {
  if (node.domain !== '' || node.opType !== 'Slice') return undefined;
  const [starts, ends, axes, steps] = node.inputs.slice(1).map((name) => b.constantOf(name));
  if (!starts || !ends || !axes || numbersOf(axes).join() !== '1') return undefined;
  if (steps !== undefined && numbersOf(steps).join() !== '1') return undefined;
  const [start = 0] = numbersOf(starts);
  const [wanted = 0] = numbersOf(ends);
  // Exporters write the largest integer for "to the end".
  const end = Math.min(wanted, graph.types.get(node.inputs[0] ?? '')?.shape[1] ?? 0);
  return start >= 0 && end > start ? { start, end } : undefined;
}

/** Gradients, and sums with one among their terms, all of whose consumers slice channels. */
function findSliceable(graph: Graph, producers: ReadonlyMap<string, Node>): Set<string> {
  const constants = { constantOf: (name: string) => graph.constants.get(name) };
  const consumers = new Map<string, Node[]>();
  for (const node of graph.nodes) {
    for (const input of node.inputs) consumers.set(input, [...(consumers.get(input) ?? []), node]);
  }
  const accepted = new Set<string>();
  const accept = (value: string): boolean => {
    const node = producers.get(value);
    if (node === undefined) return false;
    const sum = node.domain === '' && node.opType === 'Add';
    const fits = sum
      ? addsEqualShapes(node, graph) &&
        node.inputs.filter((input) => consumers.get(input)?.length === 1 && accept(input)).length > 0
      : isPlainInputGrad(node, graph);
    if (fits) accepted.add(value);
    return fits;
  };
  for (const [value, nodes] of consumers) {
    const allSlices = nodes.every(
      (node) => channelRange(node, constants, graph) !== undefined && node.inputs[0] === value,
    );
    if (allSlices && !graph.outputs.includes(value)) accept(value);
  }
  return accepted;
}

/** A term that is broadcast has fewer channels than the sum, so it cannot be sliced like it. */
function addsEqualShapes(node: Node, { types }: Graph): boolean {
  const shapes = [...node.inputs, ...node.outputs].map((name) => types.get(name)?.shape ?? []);
  return shapes.every((shape) => shapesEqual(shape, shapes[0] ?? []));
}

function isPlainInputGrad(node: Node, graph: Graph): boolean {
  return (
    node.domain === loupeDomain &&
    node.opType === 'ConvInputGrad' &&
    readInt(node, 'group', 1) === 1 &&
    graph.constants.has(node.inputs[1] ?? '')
  );
}

function partialGradient(b: GraphBuilder, node: Node, range: Range): string {
  const [ct = '', w = ''] = node.inputs;
  const weights = b.constantOf(w);
  if (weights === undefined)
    throw new LoupeError('internal', `The weights of "${node.name}" are no constant.`);
  const part = b.constant(sliceInputChannels(weights, range), `${w}/channels`);
  const [n = 1, , ...space] = readInts(node, 'input_shape');
  const attributes = { ...node.attributes, input_shape: ints([n, range.end - range.start, ...space]) };
  return b.add('ConvInputGrad', [ct, part], attributes, { domain: loupeDomain, name: node.name });
}

/** W[:, start:end] of weights [O, C, …]. */
function sliceInputChannels(weights: Tensor, { start, end }: Range): Tensor {
  const [outputs = 0, inputs = 0, ...kernel] = weights.dims;
  const data = floatsOf(weights);
  const block = data.length / Math.max(1, outputs * inputs);
  const kept = end - start;
  const part = new Float32Array(outputs * kept * block);
  for (let output = 0; output < outputs; output++) {
    const from = (output * inputs + start) * block;
    part.set(data.subarray(from, from + kept * block), output * kept * block);
  }
  return tensor('float32', part, [outputs, kept, ...kernel]);
}
