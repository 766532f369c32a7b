import { LoupeError } from '../base/errors.ts';
import type { Shape } from '../base/shape.ts';
import { floatsOf } from '../base/tensor.ts';
import { describeNode, readFloat } from '../graph/attributes.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import { inlineGraph } from '../graph/inline.ts';
import { type Graph, type GraphInput, type Node, int } from '../graph/ir.ts';
import { arithmetic } from '../ops/shared/arithmetic.ts';
import { normalizationDefaults } from '../ops/shared/normalization.ts';
import { specialise } from '../passes/specialise.ts';
import { type Layout, emitPack, emitUnpack } from './layout.ts';
import type { Trainable } from './trainable.ts';

/** Training: batch norms take the statistics of the batch, dropout drops. Evaluation: as the network will be used. */
export type Mode = 'training' | 'evaluation';

/** An input that a dropout is multiplied by: 0 with probability `ratio`, else 1/(1 − ratio). */
export interface Mask {
  readonly input: string;
  readonly shape: Shape;
  readonly ratio: number;
}

export interface ForwardQuestion {
  readonly trainable: Trainable;
  readonly mode: Mode;
  /** [N, …] examples. */
  readonly images: string;
  /** Flat vectors. */
  readonly theta: string;
  readonly buffers: string;
}

export interface Forward {
  /** [N, K]. */
  readonly logits: string;
  /** The running statistics after this batch, flat; the same as before in evaluation. */
  readonly nextBuffers: string;
  /** Emitted as inputs of the graph. */
  readonly masks: readonly Mask[];
  /** The network as it stands in the builder, for those who look at its layers. */
  readonly graph: Graph;
}

/** Puts the network into `b` behind examples and flat parameters. */
export function emitForward(b: GraphBuilder, question: ForwardQuestion): Forward {
  const { trainable, mode, images, theta, buffers } = question;
  const typed = typedGraph(trainable, mode, b.shapeOf(images)[0] ?? 1);
  const masks = typed.masks;
  const bindings: Record<string, string> = { [trainable.input]: images };
  const old = new Map([
    ...emitUnpack(b, trainable.parameters, theta),
    ...emitUnpack(b, trainable.buffers, buffers),
  ]);
  for (const [name, value] of old) bindings[name] = value;
  for (const { input, shape } of masks) {
    bindings[input] = b.has(input) ? input : b.input(input, { type: 'float32', shape });
  }
  const { graph, current } = inlineGraph(b, typed.graph, bindings);
  const statistics = new Map(typed.statistics.map((each) => [each.buffer, each]));
  const next = trainable.buffers.entries.map(({ name }) => {
    const found = statistics.get(name);
    const before = old.get(name) ?? '';
    return found === undefined ? before : emitRunning(b, before, current(found.value), found);
  });
  return {
    logits: current(trainable.logits),
    nextBuffers: next.length === 0 || mode === 'evaluation' ? buffers : emitPack(b, trainable.buffers, next),
    masks,
    graph,
  };
}

/** Where a running statistic is computed. */
interface Statistic {
  readonly buffer: string;
  readonly value: string;
  readonly kind: 'mean' | 'variance';
  readonly momentum: number;
  /** Elements that a batch's variance is taken over. */
  readonly count: number;
}

/**
 * ONNX's running variance is of all n elements, PyTorch's has n − 1 below: with r' = m·r + (1 − m)·v the wanted
 * m·r + (1 − m)·v·n/(n − 1) is r' + (r' − m·r)/(n − 1).
 */
function emitRunning(
  b: GraphBuilder,
  before: string,
  after: string,
  { kind, momentum, count }: Statistic,
): string {
  if (kind === 'mean' || count < 2) return after;
  const { add, mul, sub } = arithmetic(b);
  return add(after, mul(sub(after, mul(before, momentum)), 1 / (count - 1)));
}

interface TypedGraph {
  readonly graph: Graph;
  readonly masks: readonly Mask[];
  readonly statistics: readonly Statistic[];
}

/** The network at a batch size, its parameters and buffers as inputs, ready for a mode. */
function typedGraph(trainable: Trainable, mode: Mode, batch: number): TypedGraph {
  const shape = [batch, ...trainable.exampleShape];
  const open = withInputs(trainable.graph, [trainable.parameters, trainable.buffers]);
  const evaluation = specialise(open, { [trainable.input]: shape });
  if (mode === 'evaluation') return { graph: evaluation, masks: [], statistics: [] };
  const known = new Set(trainable.buffers.entries.map(({ name }) => name));
  const statistics: Statistic[] = [];
  const masks: Mask[] = [];
  const nodes = open.nodes.map((node) => {
    if (node.opType === 'BatchNormalization') {
      const { normalization, taken } = trainedNorm(node, evaluation, known);
      statistics.push(...taken);
      return normalization;
    }
    if (node.opType !== 'Dropout') return node;
    const { product, mask } = trainedDropout(node, open, evaluation);
    masks.push(mask);
    return product;
  });
  refuseTwice(statistics);
  const inputs: GraphInput[] = masks.map(({ input, shape: dims }) => ({
    name: input,
    type: 'float32',
    dims,
  }));
  const rewritten = {
    ...open,
    nodes,
    inputs: [...open.inputs, ...inputs],
    outputs: [...open.outputs, ...statistics.map(({ value }) => value)],
  };
  return { graph: specialise(rewritten, { [trainable.input]: shape }), masks, statistics };
}

/** Constants of the layouts as inputs of the same name. */
function withInputs(graph: Graph, layouts: readonly Layout[]): Graph {
  const constants = new Map(graph.constants);
  const entries = layouts.flatMap((layout) => layout.entries);
  for (const { name } of entries) constants.delete(name);
  const inputs = entries.map(({ name, shape }): GraphInput => ({ name, type: 'float32', dims: shape }));
  return { ...graph, constants, inputs: [...graph.inputs, ...inputs] };
}

function trainedNorm(node: Node, typed: Graph, buffers: ReadonlySet<string>) {
  const [x = '', , , mean = '', variance = ''] = node.inputs;
  const [y = ''] = node.outputs;
  const [batch = 1, channels = 1, ...rest] = typed.types.get(x)?.shape ?? [];
  const momentum = readFloat(node, 'momentum', normalizationDefaults.momentum);
  const count = rest.reduce((product, size) => product * size, batch);
  if (channels === 0 || count === 0)
    throw new LoupeError('internal', `The ${describeNode(node)} has no type.`);
  const outputs = [y, `${node.name}/running mean`, `${node.name}/running variance`];
  const normalization: Node = {
    ...node,
    outputs,
    attributes: { ...node.attributes, training_mode: int(1) },
  };
  const statistic = (buffer: string, value = '', kind: Statistic['kind'] = 'mean'): Statistic[] =>
    buffers.has(buffer) ? [{ buffer, value, kind, momentum, count }] : [];
  return {
    normalization,
    taken: [...statistic(mean, outputs[1]), ...statistic(variance, outputs[2], 'variance')],
  };
}

function trainedDropout(node: Node, graph: Graph, typed: Graph): { product: Node; mask: Mask } {
  const [x = '', ratioName = ''] = node.inputs;
  const [output = ''] = node.outputs;
  const ratio = graph.constants.get(ratioName);
  const shape = typed.types.get(x)?.shape ?? typed.types.get(output)?.shape;
  if (shape === undefined) throw new LoupeError('internal', `The ${describeNode(node)} has no type.`);
  const mask: Mask = {
    input: `mask/${node.name}`,
    shape,
    ratio: ratio === undefined ? 0.5 : (floatsOf(ratio)[0] ?? 0.5),
  };
  const product: Node = {
    name: `${node.name}/masked`,
    opType: 'Mul',
    domain: '',
    inputs: [x, mask.input],
    outputs: [output],
    attributes: {},
  };
  return { product, mask };
}

/** A batch norm that is used twice would have two batches to take its statistics from. */
function refuseTwice(statistics: readonly Statistic[]): void {
  const seen = new Set<string>();
  for (const { buffer } of statistics) {
    if (seen.has(buffer))
      throw new LoupeError(
        'badGraph',
        `The running statistic "${buffer}" belongs to two batch norms; such a network cannot be trained.`,
      );
    seen.add(buffer);
  }
}
