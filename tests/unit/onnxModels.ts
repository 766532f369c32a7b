import { type MessageInitShape, create, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as AttributeType,
  type AttributeProtoSchema,
  type FunctionProtoSchema,
  ModelProtoSchema,
  type NodeProtoSchema,
  TensorProto_DataType as DataType,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from '../../core/graph/onnx/gen/onnx_pb.js';

type NodeInit = MessageInitShape<typeof NodeProtoSchema>;
type AttributeInit = MessageInitShape<typeof AttributeProtoSchema>;
type TensorInit = MessageInitShape<typeof TensorProtoSchema>;
type ValueInit = MessageInitShape<typeof ValueInfoProtoSchema>;

/** What a test says of a model; the rest is one float32 input `x` [1, 4] and one output `y`. */
export interface ModelParts {
  readonly nodes: NodeInit[];
  readonly opset?: number;
  readonly domains?: readonly string[];
  readonly inputs?: ValueInit[];
  readonly outputs?: readonly string[];
  readonly initializers?: TensorInit[];
  readonly functions?: MessageInitShape<typeof FunctionProtoSchema>[];
}

export function modelBytes(parts: ModelParts): Uint8Array {
  const {
    nodes,
    opset = 21,
    domains = [],
    inputs,
    outputs = ['y'],
    initializers = [],
    functions = [],
  } = parts;
  const model = create(ModelProtoSchema, {
    irVersion: 10n,
    opsetImport: [
      { domain: '', version: BigInt(opset) },
      ...domains.map((domain) => ({ domain, version: 1n })),
    ],
    graph: {
      name: 'test',
      node: nodes,
      input: inputs ?? [valueInfo('x', [1, 4])],
      output: outputs.map((name) => ({ name })),
      initializer: initializers,
    },
    functions,
  });
  return toBinary(ModelProtoSchema, model);
}

export function node(
  opType: string,
  input: string[],
  output: string[],
  attribute: AttributeInit[] = [],
  rest: NodeInit = {},
): NodeInit {
  return { opType, input, output, attribute, name: `${opType}1`, ...rest };
}

export function intAttribute(name: string, value: number): AttributeInit {
  return { name, type: AttributeType.INT, i: BigInt(value) };
}

export function intsAttribute(name: string, values: readonly number[]): AttributeInit {
  return { name, type: AttributeType.INTS, ints: values.map(BigInt) };
}

/** A float32 initializer with raw data. */
export function weights(
  name: string,
  values: readonly number[],
  dims: readonly number[] = [values.length],
): TensorInit {
  const rawData = new Uint8Array(Float32Array.from(values).buffer);
  return { name, dims: dims.map(BigInt), dataType: DataType.FLOAT, rawData };
}

export function valueInfo(
  name: string,
  dims: readonly (number | string | undefined)[],
  elemType: number = DataType.FLOAT,
): ValueInit {
  const dim = dims.map((size) => ({ value: dimInit(size) }));
  return { name, type: { value: { case: 'tensorType', value: { elemType, shape: { dim } } } } };
}

function dimInit(size: number | string | undefined) {
  if (size === undefined) return { case: undefined };
  if (typeof size === 'string') return { case: 'dimParam' as const, value: size };
  return { case: 'dimValue' as const, value: BigInt(size) };
}
