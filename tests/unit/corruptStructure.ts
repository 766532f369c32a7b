import { create } from '@bufbuild/protobuf';
import type { Random } from '../../core/base/random.ts';
import {
  AttributeProto_AttributeType as AttributeType,
  type AttributeProto,
  AttributeProtoSchema,
  FunctionProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  type NodeProto,
  NodeProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
  type TensorProto,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from '../../core/graph/onnx/gen/onnx_pb.js';

/** One of `items`, which must not be empty. */
export function pick<T>(items: readonly T[], random: Random): T {
  const item = items[random.integer(items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

/** One way to damage the structure of a model. */
export type StructuralWay = readonly [title: string, damage: (model: ModelProto, random: Random) => void];

const graphOf = (model: ModelProto): GraphProto => (model.graph ??= create(GraphProtoSchema));
const aNode = (model: ModelProto, random: Random): NodeProto =>
  graphOf(model).node.length === 0 ? create(NodeProtoSchema) : pick(graphOf(model).node, random);
const aTensor = (model: ModelProto, random: Random): TensorProto =>
  graphOf(model).initializer.length === 0
    ? create(TensorProtoSchema)
    : pick(graphOf(model).initializer, random);

const absurdIntegers = [
  0n,
  -1n,
  1n,
  2n,
  7n,
  255n,
  65_536n,
  2n ** 31n,
  2n ** 40n,
  2n ** 62n,
  -(2n ** 63n),
  2n ** 63n - 1n,
];
const absurdNames = ['', '__proto__', 'x', 'é\u0000\n', 'constructor', 'n'.repeat(20_000), '/a/b', '#2'];
const absurdOperators = [
  '',
  'Loop',
  'If',
  'Constant',
  'QLinearConv',
  'NoSuchOperator',
  'Softmax',
  'Split',
  'Clip',
  'Pad',
  'Resize',
  'Upsample',
  'Squeeze',
  'GroupNormalization',
  'RMSNormalization',
  'BatchNormalization',
  'TopK',
  'Slice',
  'Cast',
  'Conv',
  'Reshape',
  'Concat',
  'Gather',
  'Expand',
  'ConstantOfShape',
  'Range',
  'Div',
  'Transpose',
  'MatMul',
  'Einsum',
  'Flatten',
  'Tile',
];
const absurdLocations = [
  '/etc/passwd',
  '../../etc/passwd',
  'missing.bin',
  '',
  '.',
  'a\0b',
  '/dev/zero',
  String.raw`..\..\x`,
];
const attributeNames = [
  'axis',
  'axes',
  'kernel_shape',
  'strides',
  'pads',
  'dilations',
  'group',
  'to',
  'perm',
  'min',
  'split',
  'num_groups',
  'value',
  'auto_pad',
  'ceil_mode',
  'keepdims',
  'k',
  'scales',
  'mode',
  'alpha',
  'epsilon',
  '__proto__',
];

const attributeTypes = Object.values(AttributeType).filter((type) => typeof type === 'number');

/** An attribute that an operator may read, of a kind and value that it does not expect. */
function absurdAttribute(random: Random): AttributeProto {
  const number = () => pick(absurdIntegers, random);
  return create(AttributeProtoSchema, {
    name: pick(attributeNames, random),
    type: pick(attributeTypes, random),
    i: number(),
    ints: Array.from({ length: random.integer(6) }, number),
    f: pick([0, Number.NaN, Number.POSITIVE_INFINITY, -1e30, 3.4e38], random),
    floats: Array.from({ length: random.integer(4) }, () => random.normal()),
    s: Buffer.from(pick(absurdNames, random)),
    t: { dims: [number()], dataType: random.integer(30), rawData: new Uint8Array(random.integer(40)) },
  });
}

export const structuralWays: readonly StructuralWay[] = [
  [
    'absurd dimension',
    (model, random) => {
      const { dims } = aTensor(model, random);
      dims[random.integer(dims.length + 1)] = pick(absurdIntegers, random);
    },
  ],
  [
    'many dimensions',
    (model, random) => {
      aTensor(model, random).dims = Array.from({ length: 50_000 }, () => 1n);
    },
  ],
  [
    'two weights of one name',
    (model, random) => {
      aTensor(model, random).name = aTensor(model, random).name;
    },
  ],
  [
    'wrong length of weights',
    (model, random) => {
      aTensor(model, random).rawData = new Uint8Array(random.integer(5000));
    },
  ],
  [
    'random weights',
    (model, random) => {
      const tensor = aTensor(model, random);
      tensor.rawData = Uint8Array.from(tensor.rawData, () => random.integer(256));
    },
  ],
  [
    'typed weights',
    (model, random) => {
      const tensor = aTensor(model, random);
      const { name, dims } = tensor;
      Object.assign(
        tensor,
        create(TensorProtoSchema, {
          name,
          dims,
          dataType: random.integer(30),
          int32Data: [1, 2],
          floatData: [Number.NaN],
        }),
      );
    },
  ],
  [
    'absurd element type',
    (model, random) => {
      aTensor(model, random).dataType = random.integer(40) - 2;
    },
  ],
  [
    'external weights',
    (model, random) => {
      const tensor = aTensor(model, random);
      tensor.dataLocation = DataLocation.EXTERNAL;
      const entries = [
        ['location', pick(absurdLocations, random)],
        ['offset', String(pick(absurdIntegers, random))],
        ['length', pick(['1e3', '16', '-4', 'x'], random)],
        ['loupe.range', pick(['0,16', '-1,5', 'a,b', '9,9999999999999'], random)],
      ] as const;
      tensor.externalData = entries
        .slice(random.integer(3))
        .map(([key, value]) => create(StringStringEntryProtoSchema, { key, value }));
    },
  ],
  [
    'weights lost',
    (model, random) => {
      graphOf(model).initializer.splice(random.integer(graphOf(model).initializer.length + 1), 1);
    },
  ],
  [
    'node lost',
    (model, random) => {
      graphOf(model).node.splice(random.integer(graphOf(model).node.length + 1), 1);
    },
  ],
  [
    'node twice',
    (model, random) => {
      graphOf(model).node.push(aNode(model, random));
    },
  ],
  [
    'nodes reversed',
    (model) => {
      graphOf(model).node.reverse();
    },
  ],
  [
    'needs its own output',
    (model, random) => {
      const node = aNode(model, random);
      node.input[0] = node.output[0] ?? '';
    },
  ],
  [
    'needs a later node',
    (model, random) => {
      aNode(model, random).input[0] = aNode(model, random).output[0] ?? '';
    },
  ],
  [
    'absurd input',
    (model, random) => {
      const node = aNode(model, random);
      node.input[random.integer(node.input.length + 3)] = pick(absurdNames, random);
      node.input = Array.from(node.input, (name: string | undefined) => name ?? '');
    },
  ],
  [
    'inputs lost',
    (model, random) => {
      const node = aNode(model, random);
      node.input = node.input.slice(0, random.integer(node.input.length + 1));
    },
  ],
  [
    'another input',
    (model, random) => {
      aNode(model, random).input.push(aTensor(model, random).name);
    },
  ],
  [
    'absurd output',
    (model, random) => {
      aNode(model, random).output = Array.from({ length: random.integer(4) }, () =>
        pick(absurdNames, random),
      );
    },
  ],
  [
    'absurd operator',
    (model, random) => {
      aNode(model, random).opType = pick(absurdOperators, random);
    },
  ],
  [
    'absurd domain',
    (model, random) => {
      aNode(model, random).domain = pick(['loupe', 'com.microsoft', 'ai.onnx', 'é'], random);
    },
  ],
  [
    'absurd attribute',
    (model, random) => {
      aNode(model, random).attribute.push(absurdAttribute(random));
    },
  ],
  [
    'attributes changed',
    (model, random) => {
      for (const attribute of aNode(model, random).attribute) {
        attribute.ints = attribute.ints.map(() => pick(absurdIntegers, random));
        attribute.i = pick(absurdIntegers, random);
      }
    },
  ],
  [
    'attribute of another type',
    (model, random) => {
      const { attribute } = aNode(model, random);
      for (const item of attribute)
        item.type = pick([AttributeType.FLOAT, AttributeType.STRINGS, AttributeType.GRAPH], random);
    },
  ],
  [
    'another opset',
    (model, random) => {
      for (const item of model.opsetImport)
        item.version = pick([-1n, 0n, 6n, 7n, 9n, 11n, 13n, 18n, 21n, 24n, 999n], random);
    },
  ],
  [
    'no opset',
    (model) => {
      model.opsetImport = [];
    },
  ],
  [
    'absurd input shape',
    (model, random) => {
      const [input] = graphOf(model).input;
      if (input?.type?.value.case !== 'tensorType') return;
      const { dim } = input.type.value.value.shape ?? { dim: [] };
      const target = dim[random.integer(dim.length + 1)];
      if (target === undefined) dim.length = random.integer(3);
      else target.value = { case: 'dimValue', value: pick(absurdIntegers, random) };
    },
  ],
  [
    'another input type',
    (model, random) => {
      const [input] = graphOf(model).input;
      if (input?.type?.value.case === 'tensorType') input.type.value.value.elemType = random.integer(30);
    },
  ],
  [
    'input without a type',
    (model, random) => {
      graphOf(model).input.push(create(ValueInfoProtoSchema, { name: pick(absurdNames, random) }));
    },
  ],
  [
    'weights that are an input',
    (model, random) => {
      graphOf(model).input.push(create(ValueInfoProtoSchema, { name: aTensor(model, random).name }));
    },
  ],
  [
    'outputs lost',
    (model) => {
      graphOf(model).output = [];
    },
  ],
  [
    'absurd output of the graph',
    (model, random) => {
      graphOf(model).output.push(create(ValueInfoProtoSchema, { name: pick(absurdNames, random) }));
    },
  ],
  [
    'no graph',
    (model) => {
      delete model.graph;
    },
  ],
  [
    'a function that calls itself',
    (model, random) => {
      const node = aNode(model, random);
      const { opType: name, domain, input, output } = node;
      model.functions.push(
        create(FunctionProtoSchema, {
          name,
          domain,
          input,
          output,
          node: [node],
          opsetImport: model.opsetImport,
        }),
      );
    },
  ],
  [
    'strings as weights, an absurd node name',
    (model, random) => {
      aNode(model, random).name = pick(absurdNames, random);
      aTensor(model, random).dataType = DataType.STRING;
    },
  ],
];
