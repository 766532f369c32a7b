import { LoupeError } from '../../base/errors.ts';
import type { Tensor } from '../../base/tensor.ts';
import type { Attribute, Graph } from '../ir.ts';
import { verifyGraph } from '../verify.ts';
import type { FileNode } from './fileNode.ts';
import { expandFunctions } from './functions.ts';
import type { GraphProto, ModelProto } from './gen/onnx_pb.js';
import { Names } from './names.ts';
import { normalise } from './normalise/normalise.ts';
import { sortNodes } from './order.ts';
import { refuseQuantisedOperators, refuseQuantisedWeights } from './quantised.ts';
import type { Source } from './source.ts';
import { decodeTensor } from './tensors.ts';
import { declaredRank, decodeInput } from './values.ts';

/** Makes our graph of a parsed model. */
export function graphOf(model: ModelProto, source: Source): Graph {
  const { graph } = model;
  if (graph === undefined) throw new LoupeError('badFile', 'it has no graph.');
  refuseQuantisedOperators([...graph.node, ...model.functions.flatMap(({ node }) => node)]);
  const nodes = withNames(expandFunctions(model, graph.node, source));
  const constants = initializersOf(graph, source);
  const inputs = graph.input.filter(({ name }) => !constants.has(name)).map(decodeInput);
  const inputNames = inputs.map(({ name }) => name);
  const rest = nodes.filter((node) => !takeConstant(node, constants));
  checkDefinitions(inputNames, constants, rest);
  const sorted = sortNodes(rest, new Set([...inputNames, ...constants.keys()]));
  const ranks = [...graph.input, ...graph.valueInfo].map((info) => [info.name, declaredRank(info)] as const);
  const normalised = normalise(sorted, constants, new Map(ranks));
  refuseQuantisedWeights(normalised.nodes, constants);
  const result: Graph = {
    name: graph.name === '' ? 'graph' : graph.name,
    inputs,
    outputs: graph.output.map(({ name }) => name),
    nodes: normalised.nodes,
    constants: normalised.constants,
    types: new Map(),
    metadata: Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value])),
  };
  verifyGraph(result);
  return result;
}

/** Nodes are asked for by name, so each gets one of its own. */
function withNames(nodes: readonly FileNode[]): FileNode[] {
  const names = new Names();
  return nodes.map((node) => {
    if (node.opType === '') throw new LoupeError('badFile', `its node "${node.name}" has no operator.`);
    const hint = node.name === '' ? `${node.opType}:${node.outputs[0] ?? ''}` : node.name;
    return { ...node, name: names.unique(hint) };
  });
}

function initializersOf(graph: GraphProto, source: Source): Map<string, Tensor> {
  const sparse = graph.sparseInitializer[0]?.values?.name;
  if (sparse !== undefined) {
    throw new LoupeError(
      'unsupportedOperator',
      `its weights "${sparse}" are a sparse tensor. Export it with dense weights.`,
    );
  }
  const constants = new Map<string, Tensor>();
  for (const proto of graph.initializer) addConstant(constants, proto.name, decodeTensor(proto, source));
  return constants;
}

function addConstant(constants: Map<string, Tensor>, name: string, value: Tensor): void {
  if (name === '') throw new LoupeError('badFile', 'it has weights without a name.');
  if (constants.has(name)) throw definedTwice(name);
  constants.set(name, value);
}

/** Turns a Constant node into a constant; false for other nodes and for constants that are no tensors of ours. */
function takeConstant(node: FileNode, constants: Map<string, Tensor>): boolean {
  const [output = ''] = node.outputs;
  if (node.opType !== 'Constant' || node.domain !== '' || output === '') return false;
  const [value] = Object.values(node.attributes).flatMap((attribute) => tensorOf(attribute) ?? []);
  if (value === undefined) return false;
  addConstant(constants, output, value);
  return true;
}

function tensorOf(attribute: Attribute): Tensor | undefined {
  switch (attribute.kind) {
    case 'tensor':
      return attribute.value;
    case 'float':
      return { type: 'float32', dims: [], data: Float32Array.of(attribute.value) };
    case 'floats':
      return { type: 'float32', dims: [attribute.value.length], data: Float32Array.from(attribute.value) };
    case 'int':
      return { type: 'int64', dims: [], data: BigInt64Array.of(BigInt(attribute.value)) };
    case 'ints':
      return {
        type: 'int64',
        dims: [attribute.value.length],
        data: BigInt64Array.from(attribute.value, BigInt),
      };
    default:
      return undefined;
  }
}

/** Every name has one origin; without this, sorting would silently pick one. */
function checkDefinitions(
  inputs: readonly string[],
  constants: ReadonlyMap<string, Tensor>,
  nodes: readonly FileNode[],
): void {
  const outputs = nodes.flatMap((node) => node.outputs).filter((name) => name !== '');
  const seen = new Set(constants.keys());
  for (const name of [...inputs, ...outputs]) {
    if (seen.has(name)) throw definedTwice(name);
    seen.add(name);
  }
}

function definedTwice(name: string): LoupeError {
  return new LoupeError('badGraph', `the value "${name}" is defined twice.`);
}
