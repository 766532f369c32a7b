import { LoupeError } from '../base/errors.ts';
import { type Tensor, floatsOf, numbersOf, tensor } from '../base/tensor.ts';
import { readInt, readInts } from '../graph/attributes.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import { type Graph, type Node, ints, loupeDomain } from '../graph/ir.ts';
import { rewriteGraph } from './rewrite.ts';

/**
 * The gradient of a Concat along the channels is a slice for each branch. Slicing a convolution's
 * gradient is computing fewer of its channels, so the slice moves into the weights:
 *   ConvInputGrad(ct, W)[:, s:e] = ConvInputGrad(ct, W[:, s:e]),   (a + b)[:, s:e] = a[:, s:e] + b[:, s:e].
 * Only where all consumers are such slices, so that nothing is computed twice.
 */
export function sliceEarlier(graph: Graph): Graph {
  const producers = new Map<string, Node>();
  for (const node of graph.nodes) for (const output of node.outputs) producers.set(output, node);
  const sliceable = findSliceable(graph, producers);
  return rewriteGraph(graph, (node, b) => {
    const range = channelRange(node, b);
    const [source = ''] = node.inputs;
    if (range === undefined || !sliceable.has(source)) return undefined;
    return [sliced(b, producers, source, range, node)];
  });
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** The channels that a Slice keeps, if it slices only axis 1 with step 1. */
function channelRange(
  node: Node,
  { constantOf }: { constantOf: GraphBuilder['constantOf'] },
): Range | undefined {
  if (node.domain !== '' || node.opType !== 'Slice') return undefined;
  const [starts, ends, axes, steps] = node.inputs.slice(1).map((name) => constantOf(name));
  if (!starts || !ends || !axes || numbersOf(axes).join() !== '1') return undefined;
  if (steps !== undefined && numbersOf(steps).join() !== '1') return undefined;
  const [start = 0] = numbersOf(starts);
  const [end = 0] = numbersOf(ends);
  return start >= 0 && end > start ? { start, end } : undefined;
}

/** Gradients (and sums of them) all of whose consumers slice channels. */
function findSliceable(graph: Graph, producers: ReadonlyMap<string, Node>): Set<string> {
  const constants = { constantOf: (name: string) => graph.constants.get(name) };
  const consumers = new Map<string, Node[]>();
  for (const node of graph.nodes) {
    for (const input of node.inputs) consumers.set(input, [...(consumers.get(input) ?? []), node]);
  }
  const found = new Set<string>();
  const accept = (value: string): boolean => {
    const node = producers.get(value);
    if (node === undefined) return false;
    if (isPlainInputGrad(node, graph)) return true;
    if (node.domain !== '' || node.opType !== 'Add') return false;
    const parts = node.inputs.filter((input) => consumers.get(input)?.length === 1 && accept(input));
    return parts.length === node.inputs.length;
  };
  for (const [value, nodes] of consumers) {
    const allSlices = nodes.every(
      (node) => channelRange(node, constants) !== undefined && node.inputs[0] === value,
    );
    if (allSlices && !graph.outputs.includes(value) && accept(value)) found.add(value);
  }
  return found;
}

function isPlainInputGrad(node: Node, graph: Graph): boolean {
  return (
    node.domain === loupeDomain &&
    node.opType === 'ConvInputGrad' &&
    readInt(node, 'group', 1) === 1 &&
    graph.constants.has(node.inputs[1] ?? '')
  );
}

function sliced(
  b: GraphBuilder,
  producers: ReadonlyMap<string, Node>,
  value: string,
  range: Range,
  slice: Node,
): string {
  const node = producers.get(value);
  if (node?.opType === 'Add') {
    const parts = node.inputs.map((input) => sliced(b, producers, input, range, slice));
    return b.add('Add', parts, {}, { name: slice.name });
  }
  if (node === undefined) return value;
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
