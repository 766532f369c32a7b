import { type MessageInitShape, create } from '@bufbuild/protobuf';
import { LoupeError } from '../../base/errors.ts';
import { type ElementType, type Tensor, byteLengthOf } from '../../base/tensor.ts';
import { describeNode } from '../attributes.ts';
import {
  type Attribute,
  type Dim,
  type Graph,
  type Node,
  type ValueType,
  canonicalOpset,
  loupeDomain,
} from '../ir.ts';
import {
  AttributeProto_AttributeType as AttributeType,
  type AttributeProtoSchema,
  TensorProto_DataLocation as DataLocation,
  type ModelProto,
  ModelProtoSchema,
  type NodeProtoSchema,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from './gen/onnx_pb.js';
import { bytesOfData, dataTypeOf } from './storage.ts';

/** A range of a file beside the model, by a path relative to the model's folder. */
export interface ExternalRange {
  readonly location: string;
  readonly offset: number;
  readonly byteLength: number;
}

export interface EncodeOptions {
  /** Says where a constant's data lies; undefined keeps it in the model. */
  readonly external?: (name: string, tensor: Tensor) => ExternalRange | undefined;
  /** Added to the graph's own metadata. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly producer?: string;
  /** Types of outputs by name, for a graph that is not specialised; ONNX's checker wants them. */
  readonly outputs?: Readonly<Record<string, { type: ElementType; dims: readonly Dim[] }>>;
}

const irVersion = 10n;

/** Versions under which other domains are imported; nothing in a graph says which was meant. */
const domainVersions: Readonly<Record<string, bigint>> = { 'ai.onnx.ml': 3n };

/** The protocol buffer of a graph; `constants` are those that it holds or names as external. */
export function modelProto(
  graph: Graph,
  constants: Iterable<readonly [string, Tensor]>,
  { external, metadata, producer = 'loupe', outputs = {} }: EncodeOptions,
): ModelProto {
  const domains = new Set(['', ...graph.nodes.map((node) => node.domain)]);
  return create(ModelProtoSchema, {
    irVersion,
    producerName: producer,
    opsetImport: [...domains].map((domain) => ({
      domain,
      version: domain === '' ? BigInt(canonicalOpset) : (domainVersions[domain] ?? 1n),
    })),
    metadataProps: Object.entries({ ...graph.metadata, ...metadata }).map(([key, value]) => ({ key, value })),
    graph: {
      name: graph.name,
      input: graph.inputs.map(({ name, type, dims }) =>
        valueInfo(name, { type, dims: graph.types.get(name)?.shape ?? dims }),
      ),
      output: graph.outputs.map((name) => valueInfo(name, dimsOf(graph.types.get(name)) ?? outputs[name])),
      node: graph.nodes.map(nodeInit),
      initializer: Array.from(constants, ([name, value]) =>
        constantInit(name, value, external?.(name, value)),
      ),
    },
  });
}

type Init<T extends Parameters<typeof create>[0]> = MessageInitShape<T>;

const dimsOf = (type: ValueType | undefined): { type: ElementType; dims: readonly Dim[] } | undefined =>
  type === undefined ? undefined : { type: type.type, dims: type.shape };

function valueInfo(
  name: string,
  type: { type: ElementType; dims: readonly Dim[] } | undefined,
): Init<typeof ValueInfoProtoSchema> {
  if (type === undefined) return { name };
  const shape = { dim: type.dims.map((dim) => ({ value: dimInit(dim) })) };
  return {
    name,
    type: { value: { case: 'tensorType', value: { elemType: dataTypeOf[type.type], shape } } },
  };
}

function dimInit(dim: Dim) {
  if (typeof dim === 'number') return { case: 'dimValue' as const, value: BigInt(dim) };
  return dim === '?' ? { case: undefined } : { case: 'dimParam' as const, value: dim };
}

function nodeInit(node: Node): Init<typeof NodeProtoSchema> {
  if (node.domain === loupeDomain) {
    throw new LoupeError(
      'internal',
      `The ${describeNode(node)} was not lowered before the graph was written.`,
    );
  }
  return {
    name: node.name,
    opType: node.opType,
    domain: node.domain,
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: Object.entries(node.attributes).map(([name, value]) => attributeInit(node, name, value)),
  };
}

function attributeInit(node: Node, name: string, attribute: Attribute): Init<typeof AttributeProtoSchema> {
  switch (attribute.kind) {
    case 'int':
      return { name, type: AttributeType.INT, i: BigInt(attribute.value) };
    case 'ints':
      return { name, type: AttributeType.INTS, ints: attribute.value.map(BigInt) };
    case 'float':
      return { name, type: AttributeType.FLOAT, f: attribute.value };
    case 'floats':
      return { name, type: AttributeType.FLOATS, floats: [...attribute.value] };
    case 'string':
      return { name, type: AttributeType.STRING, s: Buffer.from(attribute.value) };
    case 'strings':
      return { name, type: AttributeType.STRINGS, strings: attribute.value.map((text) => Buffer.from(text)) };
    case 'tensor':
      return { name, type: AttributeType.TENSOR, t: tensorInit('', attribute.value) };
    case 'other':
      throw new LoupeError(
        'unsupportedOperator',
        `The ${describeNode(node)} cannot be written, because Loupe keeps no ${attribute.value} (attribute "${name}").`,
      );
  }
}

function constantInit(
  name: string,
  value: Tensor,
  range: ExternalRange | undefined,
): Init<typeof TensorProtoSchema> {
  if (range === undefined) return tensorInit(name, value);
  if (range.byteLength !== byteLengthOf(value)) {
    throw new LoupeError('internal', `The external range of "${name}" has the wrong length.`);
  }
  return {
    ...tensorHead(name, value),
    dataLocation: DataLocation.EXTERNAL,
    externalData: [
      { key: 'location', value: range.location },
      { key: 'offset', value: String(range.offset) },
      { key: 'length', value: String(range.byteLength) },
    ],
  };
}

/** A tensor without its data. */
export function tensorHead(name: string, value: Tensor) {
  return { name, dataType: dataTypeOf[value.type], dims: value.dims.map(BigInt) };
}

function tensorInit(name: string, value: Tensor): Init<typeof TensorProtoSchema> {
  return { ...tensorHead(name, value), rawData: bytesOfData(value.data) };
}
