import { LoupeError, expected } from '../base/errors.ts';
import { formatShape, sizeOf } from '../base/shape.ts';
import type { Tensor } from '../base/tensor.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Dim, Graph, GraphInput, Node, ValueType } from '../graph/ir.ts';
import { newBuilder, operatorOf } from '../ops/registry.ts';
import { keepName } from './rewrite.ts';

/** Above this many elements a constant is left to ONNX Runtime; shape arithmetic is far below. */
const largestFolded = 65_536;

/** No tensor of a network that this machine could run is larger (16 GiB of float32). */
const largestValue = 2 ** 32;

/**
 * Binds the graph's inputs to known shapes, types every value, and folds the shape arithmetic that
 * exporters leave behind (Shape → Gather → Concat → Reshape), so that rules see only numbers.
 * Identities and inference-time Dropout disappear.
 *
 * @param shapes shape by input name; an input that is not named keeps its declared, fixed shape.
 * @throws LoupeError badGraph where a shape is illegal or depends on data.
 */
export function specialise(graph: Graph, shapes: Readonly<Record<string, readonly number[]>> = {}): Graph {
  const b = newBuilder();
  b.reserve(graph.nodes.flatMap((node) => node.outputs));
  for (const input of graph.inputs) {
    b.input(input.name, { type: input.type, shape: boundShape(input, shapes[input.name]) }, input.dims);
  }
  for (const [name, value] of graph.constants) b.setConstant(name, value);

  const renamed = new Map<string, string>();
  const current = (name: string): string => renamed.get(name) ?? name;
  for (const original of graph.nodes) {
    const node = { ...original, inputs: original.inputs.map(current) };
    const alias = aliasOf(node, graph);
    if (alias !== undefined) renamed.set(node.outputs[0] ?? '', alias);
    else if (!foldInto(b, node)) addChecked(b, node);
  }
  const outputs = graph.outputs.map((name) => keepName(b, name, current(name)));
  return b.build(outputs, graph);
}

function boundShape(input: GraphInput, wanted: readonly number[] | undefined): readonly number[] {
  const shape = wanted ?? input.dims.map((dim) => knownDim(input, dim));
  const fits =
    shape.length === input.dims.length &&
    input.dims.every((dim, axis) => typeof dim === 'string' || dim === shape[axis]);
  if (fits) return shape;
  throw expected('badArgument', {
    wanted: `the shape ${formatShape(input.dims)}`,
    for: `input "${input.name}"`,
    received: formatShape(shape),
  });
}

function knownDim(input: GraphInput, dim: Dim): number {
  if (typeof dim === 'number') return dim;
  throw new LoupeError(
    'badArgument',
    `Input "${input.name}" has the shape ${formatShape(input.dims)}, and nothing says how large "${dim}" is.`,
  );
}

/** The value that an identity passes on, unless the graph output must keep its own node. */
function aliasOf(node: Node, graph: Graph): string | undefined {
  if (node.domain !== '' || (node.opType !== 'Identity' && !isInferenceDropout(node, graph)))
    return undefined;
  return node.inputs[0];
}

function isInferenceDropout(node: Node, graph: Graph): boolean {
  const training = node.inputs[2] ?? '';
  return (
    node.opType === 'Dropout' &&
    (node.outputs[1] ?? '') === '' &&
    (training === '' || graph.constants.get(training)?.data[0] === 0)
  );
}

/** Evaluates a node whose inputs are constants; false if it has to run. */
function foldInto(b: GraphBuilder, node: Node): boolean {
  const { evaluate, evaluateFromTypes } = operatorOf(node);
  const present = node.inputs.filter((name) => name !== '');
  const results =
    evaluateFromTypes?.(
      node.inputs.map((name) => (name === '' ? undefined : b.typeOf(name))),
      node,
    ) ??
    (evaluate !== undefined && present.every((name) => isSmallConstant(b, name))
      ? evaluateTyped(b, node, evaluate)
      : undefined);
  if (results === undefined) return false;
  node.outputs.forEach((output, index) => {
    const value = results[index];
    if (output !== '' && value !== undefined) b.setConstant(output, value);
  });
  return true;
}

type Evaluate = NonNullable<ReturnType<typeof operatorOf>['evaluate']>;

function evaluateTyped(b: GraphBuilder, node: Node, evaluate: Evaluate): readonly Tensor[] | undefined {
  const types = b.infer(node);
  if (types.some((type) => sizeOf(type?.shape ?? []) > largestFolded)) return undefined;
  const known = types.filter((type): type is ValueType => type !== undefined);
  return evaluate(
    node.inputs.map((name) => b.constantOf(name)),
    node,
    known,
  );
}

function isSmallConstant(b: GraphBuilder, name: string): boolean {
  const value = b.constantOf(name);
  return value !== undefined && sizeOf(value.dims) <= largestFolded;
}

function addChecked(b: GraphBuilder, node: Node): void {
  b.addNode(node);
  for (const output of node.outputs) {
    if (output === '') continue;
    const { shape } = b.typeOf(output);
    if (shape.every((dim) => Number.isSafeInteger(dim) && dim >= 0) && sizeOf(shape) <= largestValue)
      continue;
    throw new LoupeError(
      'badGraph',
      `The ${node.opType} node "${node.name}" would make a tensor of shape ${formatShape(shape)}, which is not possible.`,
    );
  }
}
