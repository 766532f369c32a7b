import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { normals, seededRandom } from '../../core/base/random.ts';
import { float32, floatsOf, numbersOf } from '../../core/base/tensor.ts';
import { type Graph, type ValueType, loupeDomain } from '../../core/graph/ir.ts';
import { decodeOnnx } from '../../core/graph/onnx/decode.ts';
import { encodeOnnx } from '../../core/graph/onnx/encode.ts';
import {
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataType as DataType,
} from '../../core/graph/onnx/gen/onnx_pb.js';
import { openOnnx } from '../../core/graph/onnx/open.ts';
import { printGraph } from '../../core/graph/print.ts';
import { fixtureBytes, fixturePath } from './onnxFixtures.ts';
import { intAttribute, intsAttribute, modelBytes, node, valueInfo, weights } from './onnxModels.ts';

const folder = mkdtempSync(join(tmpdir(), 'loupe-decode-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function constantOf(graph: Graph, name: string) {
  const found = graph.constants.get(name);
  if (found === undefined) throw new Error(`no constant ${name}`);
  return found;
}

describe('large weights', () => {
  const values = normals(seededRandom(3), 3000);
  const bytes = modelBytes({
    nodes: [node('Add', ['x', 'w'], ['y'])],
    initializers: [weights('small', [1, 2]), weights('w', [...values])],
  });

  test('of a file stay there until they are read, and small ones do not', () => {
    const path = join(folder, 'large.onnx');
    writeFileSync(path, bytes);
    const graph = openOnnx(path);
    expect(constantOf(graph, 'small').file).toBeUndefined();
    const large = constantOf(graph, 'w');
    expect(large.file).toMatchObject({ path, byteLength: 12_000 });
    expect(Object.getOwnPropertyDescriptor(large, 'data')).not.toHaveProperty('value');
    const offset = large.file?.offset ?? 0;
    expect(bytes.subarray(offset, offset + 12_000)).toEqual(new Uint8Array(values.buffer));
    expect(floatsOf(large)).toEqual(values);
  });

  test('of a file that changed since are refused', () => {
    const path = join(folder, 'changed.onnx');
    writeFileSync(path, bytes);
    const large = constantOf(openOnnx(path), 'w');
    const { mtimeMs } = statSync(path);
    utimesSync(path, mtimeMs / 1000, mtimeMs / 1000 + 5);
    expect(() => large.data).toThrow(`The file ${path} was changed after the model had been opened.`);
    rmSync(path);
    expect(() => large.data).toThrow(`There is no file of weights at ${path}.`);
  });

  test('of bytes are views where they are aligned, and copies where not', () => {
    for (let shift = 0; shift < 4; shift++) {
      const buffer = new Uint8Array(bytes.length + 4);
      buffer.set(bytes, shift);
      const { data } = constantOf(decodeOnnx(buffer.subarray(shift, shift + bytes.length)), 'w');
      expect(data).toEqual(values);
      const offset = Buffer.from(buffer.buffer).indexOf(Buffer.from(values.buffer));
      expect(data.buffer === buffer.buffer).toBe(offset % 4 === 0);
    }
  });

  test('in Constant nodes stay in the file too', () => {
    const path = join(folder, 'constantNode.onnx');
    const value = { name: 'value', type: AttributeType.TENSOR, t: weights('', [...values]) };
    const nodes = [node('Constant', [], ['w'], [value]), node('Add', ['x', 'w'], ['y'])];
    writeFileSync(path, modelBytes({ nodes }));
    expect(constantOf(openOnnx(path), 'w').file?.byteLength).toBe(12_000);
    expect(floatsOf(constantOf(openOnnx(path), 'w'))).toEqual(values);
  });

  test('in float16 become float32 each time they are read, and have no file', () => {
    const large = constantOf(openOnnx(fixturePath('halves.onnx')), 'c2');
    expect(large).toMatchObject({ type: 'float32', dims: [64, 64] });
    expect(large.file).toBeUndefined();
    expect(floatsOf(large)).toEqual(floatsOf(constantOf(decodeOnnx(fixtureBytes('halves.onnx')), 'c2')));
    expect(large.data).not.toBe(large.data);
  });
});

test('special float16 numbers are exact', () => {
  const graph = decodeOnnx(fixtureBytes('halves.onnx'));
  const smallest = 2 ** -24;
  const values = [0, -0, 1, -2.5, 65504, smallest, 1023 * smallest, Number.POSITIVE_INFINITY];
  expect([...floatsOf(constantOf(graph, 'c0'))]).toEqual(values);
});

test('external data is found beside the model, and only there', () => {
  const graph = openOnnx(fixturePath('external.onnx'));
  expect(constantOf(graph, 'weights').file?.path).toBe(fixturePath('external.onnx.data'));
  expect(() => decodeOnnx(fixtureBytes('external.onnx'))).toThrow(
    /"external.onnx.data" beside it, which is not here/,
  );
});

test('initializers that are inputs as well are constants', () => {
  const graph = decodeOnnx(
    modelBytes({
      nodes: [node('Mul', ['x', 'w'], ['y'])],
      inputs: [valueInfo('x', ['batch', undefined, -1, 4]), valueInfo('w', [2])],
      initializers: [weights('w', [2, 3])],
    }),
  );
  expect(graph.inputs).toEqual([{ name: 'x', type: 'float32', dims: ['batch', '?', '?', 4] }]);
  expect(numbersOf(constantOf(graph, 'w'))).toEqual([2, 3]);
});

test('nodes without a name, and with the same, get names of their own', () => {
  const nodes = ['', '', 'relu', 'relu'].map((name, index) =>
    node('Relu', [index === 0 ? 'x' : `v${index - 1}`], [index === 3 ? 'y' : `v${index}`], [], { name }),
  );
  const { nodes: read } = decodeOnnx(modelBytes({ nodes }));
  expect(read.map(({ name }) => name)).toEqual(['Relu:v0', 'Relu:v1', 'relu', 'relu#2']);
});

test('nodes are sorted, those in order staying as they are', () => {
  const relu = (input: string, output: string) => node('Relu', [input], [output], [], { name: output });
  const nodes = [relu('c', 'y'), relu('x', 'a'), relu('b', 'c'), relu('a', 'b'), relu('x', 'z')];
  expect(decodeOnnx(modelBytes({ nodes })).nodes.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'y', 'z']);
  const count = 50_000;
  const chain = Array.from({ length: count }, (_, index) =>
    relu(index === count - 1 ? 'x' : `v${index + 1}`, index === 0 ? 'y' : `v${index}`),
  );
  expect(decodeOnnx(modelBytes({ nodes: chain })).nodes[0]?.name).toBe(`v${count - 1}`);
});

test('integers beyond every end are clamped to what a number holds', () => {
  const ends = intsAttribute('ends', [0]);
  ends.ints = [9_223_372_036_854_775_807n];
  const graph = decodeOnnx(
    modelBytes({ opset: 9, nodes: [node('Slice', ['x'], ['y'], [intsAttribute('starts', [-2]), ends])] }),
  );
  const [, starts = '', last = ''] = graph.nodes[0]?.inputs ?? [];
  expect(numbersOf(constantOf(graph, starts))).toEqual([-2]);
  expect(numbersOf(constantOf(graph, last))).toEqual([Number.MAX_SAFE_INTEGER]);
});

test('a softmax of opset 11 over the last axis alone stays one node', () => {
  const nodes = [node('Flatten', ['x'], ['f']), node('Softmax', ['f'], ['y'])];
  const graph = decodeOnnx(modelBytes({ opset: 11, nodes }));
  expect(graph.nodes.map(({ opType }) => opType)).toEqual(['Flatten', 'Softmax']);
  expect(graph.nodes[1]?.attributes['axis']).toEqual({ kind: 'int', value: -1 });
});

test('a local function is read in its own opset, and may pass its input on', () => {
  const domain = 'own';
  const graph = decodeOnnx(
    modelBytes({
      domains: [domain],
      nodes: [node('F', ['x'], ['y', 'same'], [], { domain, name: 'call' })],
      outputs: ['y', 'same'],
      functions: [
        {
          name: 'F',
          domain,
          input: ['a'],
          output: ['b', 'a'],
          opsetImport: [{ domain: '', version: 10n }],
          node: [
            node('Clip', ['a'], ['b'], [{ name: 'max', type: AttributeType.FLOAT, f: 6 }], { name: '' }),
          ],
        },
      ],
    }),
  );
  expect(printGraph(graph)).toBe(
    [
      'graph test',
      'input %x: float32[1x4]',
      'constant %call/Clip/constant: float32[] = [6.0]',
      '%same = Identity(%x)  # call/Identity',
      '%y = Clip(%x, _, %call/Clip/constant)  # call/Clip',
      'return %y, %same',
      '',
    ].join('\n'),
  );
});

test('attributes of every kind survive; those that Loupe does not hold are named', () => {
  const attributes = [
    intAttribute('one', -7),
    intsAttribute('many', [1, 2]),
    { name: 'float', type: AttributeType.FLOAT, f: 0.1 },
    { name: 'floats', type: AttributeType.FLOATS, floats: [1, 0.5] },
    { name: 'text', type: AttributeType.STRING, s: Buffer.from('é') },
    { name: 'texts', type: AttributeType.STRINGS, strings: [Buffer.from('a'), Buffer.from('b')] },
    { name: 'tensor', type: AttributeType.TENSOR, t: weights('', [3], []) },
    { name: 'old', i: 5n },
    { name: 'consumed_inputs', type: AttributeType.INTS, ints: [1n] },
  ];
  const bytes = modelBytes({
    domains: ['d'],
    nodes: [node('Anything', ['x'], ['y'], attributes, { domain: 'd' })],
  });
  const [read] = decodeOnnx(encodeOnnx(decodeOnnx(bytes))).nodes;
  expect(read?.attributes).toEqual({
    one: { kind: 'int', value: -7 },
    many: { kind: 'ints', value: [1, 2] },
    float: { kind: 'float', value: Math.fround(0.1) },
    floats: { kind: 'floats', value: [1, 0.5] },
    text: { kind: 'string', value: 'é' },
    texts: { kind: 'strings', value: ['a', 'b'] },
    tensor: { kind: 'tensor', value: float32([3], []) },
    old: { kind: 'int', value: 5 },
  });
  const branch = { name: 'then_branch', type: AttributeType.GRAPH, g: { name: 'g' } };
  const withBranch = decodeOnnx(modelBytes({ nodes: [node('If', ['x'], ['y'], [branch])] }));
  expect(withBranch.nodes[0]?.attributes['then_branch']).toEqual({ kind: 'other', value: 'graph' });
  expect(() => encodeOnnx(withBranch)).toThrow(
    'The If node "If1" cannot be written, because Loupe keeps no graph',
  );
});

test('metadata is read and written, with what is added', () => {
  const graph = {
    ...decodeOnnx(modelBytes({ nodes: [node('Relu', ['x'], ['y'])] })),
    metadata: { a: '1', b: '2' },
  };
  expect(decodeOnnx(encodeOnnx(graph, { metadata: { b: '3' } })).metadata).toEqual({ a: '1', b: '3' });
});

test('typed values are written with their shapes, external weights with their range', () => {
  const read = decodeOnnx(
    modelBytes({ nodes: [node('Add', ['x', 'w'], ['y'])], initializers: [weights('w', [1, 2, 3, 4])] }),
  );
  const type = { type: 'float32', shape: [1, 4] } as const;
  const graph = {
    ...read,
    types: new Map<string, ValueType>([
      ['x', type],
      ['y', type],
      ['w', { ...type, shape: [4] }],
    ]),
  };
  writeFileSync(join(folder, 'weights.bin'), new Float32Array([0, 5, 6, 7, 8]));
  const external = () => ({ location: 'weights.bin', offset: 4, byteLength: 16 });
  const again = decodeOnnx(encodeOnnx(graph, { external }), { directory: folder });
  expect(numbersOf(constantOf(again, 'w'))).toEqual([5, 6, 7, 8]);
  expect(constantOf(again, 'w').file).toMatchObject({
    stamp: { size: 20 },
    path: join(folder, 'weights.bin'),
    offset: 4,
    byteLength: 16,
  });
  const lowered = { ...graph, nodes: graph.nodes.map((item) => ({ ...item, domain: loupeDomain })) };
  expect(() => encodeOnnx(lowered)).toThrow('was not lowered before the graph was written');
});

test('element types that are stored as 32-bit integers are read', () => {
  const initializers = [
    { name: 'b', dims: [2n], dataType: DataType.BOOL, int32Data: [0, 5] },
    { name: 'u', dims: [1n], dataType: DataType.UINT8, int32Data: [200] },
    { name: 'l', dims: [1n], dataType: DataType.INT64, int64Data: [-1n] },
  ];
  const graph = decodeOnnx(modelBytes({ nodes: [node('Relu', ['x'], ['y'])], initializers }));
  expect([...graph.constants.values()].map((value) => [value.type, numbersOf(value)])).toEqual([
    ['bool', [0, 1]],
    ['uint8', [200]],
    ['int64', [-1]],
  ]);
});
