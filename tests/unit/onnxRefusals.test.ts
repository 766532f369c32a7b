import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { LoupeError } from '../../core/base/errors.ts';
import { decodeOnnx } from '../../core/graph/onnx/decode.ts';
import {
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
} from '../../core/graph/onnx/gen/onnx_pb.js';
import { openOnnx } from '../../core/graph/onnx/open.ts';
import { fixtureBytes } from './onnxFixtures.ts';
import { type ModelParts, intAttribute, modelBytes, node, valueInfo, weights } from './onnxModels.ts';

const folder = mkdtempSync(join(tmpdir(), 'loupe-refusals-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The refusal of a model, by its code and what follows the model's name. */
function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof LoupeError)
      return `${error.code}: ${error.message.replace(/^.* cannot be used: /, '')}`;
    throw error;
  }
  return 'accepted';
}

const relu = node('Relu', ['x'], ['y']);

function refusalOf(parts: Partial<ModelParts>): string {
  return refusal(() => decodeOnnx(modelBytes({ nodes: [relu], ...parts })));
}

test('a model with nothing wrong is accepted', () => {
  expect(refusalOf({})).toBe('accepted');
});

describe('other files are told from models', () => {
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 5\n';
  test.each([
    ['', 'it is not an ONNX model but empty.'],
    ['\x89PNG\r\n\x1a\n', 'it is not an ONNX model but begins like a PNG picture.'],
    ['PK\x03\x04rest', 'it is not an ONNX model but begins like a ZIP archive.'],
    ['<!DOCTYPE html><html>', 'it is not an ONNX model but begins with the text "<!DOCTYPE html><html>".'],
    ['relu = conv(x)', 'it is not an ONNX model but begins with the text "relu = conv(x)".'],
    [pointer, 'it is a Git LFS pointer, not the model itself. Fetch the model with "git lfs pull".'],
    ['\x00\x01\x02\x03', 'it is not an ONNX model but begins with the bytes 00 01 02 03.'],
  ])('%j', (content, sentence) => {
    const bytes = Buffer.from(content, 'latin1');
    expect(refusal(() => decodeOnnx(bytes))).toBe(`badFile: ${sentence}`);
    const path = join(folder, 'other.onnx');
    writeFileSync(path, bytes);
    expect(refusal(() => openOnnx(path))).toBe(`badFile: ${sentence}`);
    expect(() => openOnnx(path)).toThrow(`The ONNX model ${path} cannot be used: `);
  });

  test('a missing file, with the nearest name, and a folder', () => {
    writeFileSync(join(folder, 'squeezenet.onnx'), '');
    const path = join(folder, 'squezenet.onnx');
    expect(refusal(() => openOnnx(path))).toBe(
      `notFound: There is no ONNX model at ${path}. Did you mean "squeezenet.onnx"?`,
    );
    mkdirSync(join(folder, 'folder.onnx'), { recursive: true });
    expect(refusal(() => openOnnx(join(folder, 'folder.onnx')))).toContain('but it is a folder or a device.');
  });

  test('a truncated model, wherever it ends', () => {
    const bytes = fixtureBytes('opset11.onnx');
    const path = join(folder, 'truncated.onnx');
    for (const length of [20, 100, 1000, 6000, bytes.length - 1]) {
      writeFileSync(path, bytes.subarray(0, length));
      expect(refusal(() => openOnnx(path))).toMatch(
        /^badFile: it is truncated: a field at byte \d+ would end/,
      );
      expect(refusal(() => decodeOnnx(bytes.subarray(0, length)))).toMatch(
        /^badFile: it is damaged or truncated/,
      );
    }
  });
});

describe('weights that cannot be right', () => {
  const withWeights = (change: object): string =>
    refusalOf({ initializers: [{ ...weights('w', [1, 2, 3, 4], [2, 2]), ...change }] });

  test.each([
    [{ dims: [2n, -2n] }, 'badFile: the tensor "w" has the shape 2x-2, which is not possible.'],
    [
      { dims: [2n ** 40n, 2n ** 40n] },
      'badFile: the tensor "w" has the shape 1099511627776x1099511627776, which is not possible.',
    ],
    [
      { dims: [0n, 2n ** 62n] },
      'badFile: the tensor "w" has the shape 0x4611686018427388000, which is not possible.',
    ],
    [{ dims: Array(100).fill(1n) }, 'badFile: the tensor "w" has 100 dimensions, which is not possible.'],
    [{ dims: [5n] }, 'badFile: the tensor "w" of shape 5 needs 20 bytes, but the file holds 16.'],
    [
      { rawData: new Uint8Array(15) },
      'badFile: the tensor "w" of shape 2x2 needs 16 bytes, but the file holds 15.',
    ],
    [{ name: '' }, 'badFile: it has weights without a name.'],
    [
      { dataType: DataType.UINT16 },
      'unsupportedOperator: the tensor "w" has the element type uint16; Loupe computes with float32, int64, int32, bool, uint8 and int8.',
    ],
    [
      { dataType: DataType.INT4 },
      'unsupportedOperator: it is a quantised model (the tensor "w" is int4). Export the float model instead.',
    ],
  ])('%o', (change, sentence) => {
    expect(withWeights(change)).toBe(sentence);
  });

  const external = (entries: Record<string, string>): string =>
    refusal(() =>
      decodeOnnx(
        modelBytes({
          nodes: [relu],
          initializers: [
            {
              name: 'w',
              dims: [4n],
              dataType: DataType.FLOAT,
              dataLocation: DataLocation.EXTERNAL,
              externalData: Object.entries(entries).map(([key, value]) => ({ key, value })),
            },
          ],
        }),
        { directory: folder },
      ),
    );

  test.each(['/etc/passwd', '../outside', 'a/../../b', String.raw`C:\weights`, String.raw`..\up`, ''])(
    'external data in %j is refused',
    (location) => {
      expect(external({ location })).toBe(
        `badFile: the weights "w" are said to be in ${JSON.stringify(location)}, and only files in the model's folder are read.`,
      );
    },
  );

  test('external data that is missing, too short or has no numbers', () => {
    writeFileSync(join(folder, 'w.bin'), new Uint8Array(20));
    const path = join(folder, 'w.bin');
    expect(external({ location: 'w.bin', offset: '4' })).toBe('accepted');
    expect(external({ location: 'v.bin' })).toBe(
      `notFound: There is no file with the weights of "w" at ${join(folder, 'v.bin')}. Did you mean "w.bin"?`,
    );
    expect(external({ location: 'w.bin', offset: '8' })).toBe(
      `badFile: the file ${path} is too short: "w" lies at 8 to 24 of its 20 bytes.`,
    );
    expect(external({ location: 'w.bin', offset: '-1' })).toContain('the offset "-1" of the external data');
    expect(external({ location: 'w.bin', length: '12' })).toContain('needs 16 bytes, but 12 are given');
  });
});

describe('graphs that cannot be right', () => {
  test.each<[string, Partial<ModelParts>]>([
    [
      'badGraph: the Relu node "Relu1" uses the value "z", which nothing in the graph defines.',
      { nodes: [node('Relu', ['z'], ['y'])] },
    ],
    [
      'badGraph: its graph is cyclic: the Add node "Add1" needs its own result.',
      { nodes: [node('Add', ['x', 'y'], ['y'])] },
    ],
    [
      'badGraph: its graph is cyclic: the Relu node "r" needs its own result.',
      {
        nodes: [node('Relu', ['s'], ['r'], [], { name: 'r' }), node('Relu', ['r'], ['s'], [], { name: 's' })],
      },
    ],
    ['badGraph: the value "y" is defined twice.', { nodes: [relu, relu] }],
    ['badGraph: the value "x" is defined twice.', { nodes: [relu, node('Relu', ['y'], ['x'])] }],
    ['badGraph: the value "w" is defined twice.', { initializers: [weights('w', [1]), weights('w', [1])] }],
    ['badGraph: the graph is not valid: it has no output.', { outputs: [] }],
    ['badGraph: the graph is not valid: nothing defines its output "q".', { outputs: ['q'] }],
    ['badGraph: the graph is not valid: it has the output "y" twice.', { outputs: ['y', 'y'] }],
    ['badFile: its input "x" has a dimension of -5.', { inputs: [valueInfo('x', [-5])] }],
    ['unsupportedOperator: its input "x" is no tensor.', { inputs: [{ name: 'x' }] }],
    [
      'badGraph: its input "x" has no shape, not even a number of dimensions. Export the model with input shapes.',
      { inputs: [{ name: 'x', type: { value: { case: 'tensorType', value: { elemType: 1 } } } }] },
    ],
    [
      'unsupportedOperator: its input "x" has the element type string, with which Loupe does not compute.',
      { inputs: [valueInfo('x', [1], DataType.STRING)] },
    ],
    [
      'badFile: it uses opset 6, and Loupe reads opsets 7 to 28. Export the model again, best with opset 21.',
      { opset: 6 },
    ],
    [
      'badFile: it uses opset 99, and Loupe reads opsets 7 to 28. Export the model again, best with opset 21.',
      { opset: 99 },
    ],
    [
      'badFile: the Relu node "Relu1" has its attribute "a" twice.',
      { nodes: [node('Relu', ['x'], ['y'], [intAttribute('a', 1), intAttribute('a', 2)])] },
    ],
    [
      'badFile: the ReluGrad node "ReluGrad1" is of the domain "loupe", which no file may use.',
      { nodes: [node('ReluGrad', ['x'], ['y'], [], { domain: 'loupe' })] },
    ],
    [
      'badGraph: expected int for attribute "axis" of Softmax node "Softmax1" but received float.',
      {
        opset: 11,
        nodes: [node('Softmax', ['x'], ['y'], [{ name: 'axis', type: AttributeType.FLOAT, f: 1 }])],
      },
    ],
  ])('%s', (sentence, parts) => {
    expect(refusalOf(parts)).toBe(sentence);
  });
});

describe('functions without end', () => {
  const domain = 'f';
  const call = (name: string, input: string, output: string) => node(name, [input], [output], [], { domain });
  const chained = (name: string, nodes: ReturnType<typeof call>[]) => ({
    name,
    domain,
    opsetImport: [{ domain: '', version: 21n }],
    input: ['a'],
    output: ['c'],
    node: nodes,
  });
  const refusalOfCall = (name: string, functions: ReturnType<typeof chained>[]): string =>
    refusalOf({ nodes: [call(name, 'x', 'y')], domains: [domain], functions });
  const sentence = /^tooLarge: its local function ".*" calls functions without end, or nearly so\.$/;

  test('one that calls itself', () => {
    expect(refusalOfCall('G', [chained('G', [call('G', 'a', 'c')])])).toMatch(sentence);
  });

  test('each calling the next twice', () => {
    const doubling = Array.from({ length: 30 }, (_, level) => {
      const next = `F${level + 1}`;
      return chained(`F${level}`, [call(next, 'a', 'b'), call(next, 'b', 'c')]);
    });
    expect(refusalOfCall('F0', doubling)).toMatch(sentence);
  });
});

describe('quantised models are refused, and the sentence says so', () => {
  test.each(['QLinearConv', 'DequantizeLinear', 'ConvInteger', 'MatMulNBits', 'DynamicQuantizeLinear'])(
    '%s',
    (opType) => {
      expect(refusalOf({ nodes: [node(opType, ['x'], ['y'])] })).toBe(
        `unsupportedOperator: it is a quantised model (it has the ${opType} node "${opType}1"). Export the float model instead.`,
      );
    },
  );

  test('convolutions with weights of 8 bits', () => {
    const kernel = { name: 'w', dims: [1n, 1n, 1n], dataType: DataType.INT8, rawData: new Uint8Array(1) };
    expect(refusalOf({ nodes: [node('Conv', ['x', 'w'], ['y'])], initializers: [kernel] })).toBe(
      'unsupportedOperator: it is a quantised model (the weights of the Conv node "Conv1" are int8). Export the float model instead.',
    );
  });
});
