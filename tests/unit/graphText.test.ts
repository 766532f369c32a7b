import { describe, expect, test } from 'vitest';
import { bool, float32, int64 } from '../../core/base/tensor.ts';
import { type Graph, type ValueType, float, int, ints, string } from '../../core/graph/ir.ts';
import { printGraph } from '../../core/graph/print.ts';
import { verifyGraph } from '../../core/graph/verify.ts';

const typed = (...shape: number[]): ValueType => ({ type: 'float32', shape });

/** y = pad(relu(conv(x, w))). */
const graph: Graph = {
  name: 'example',
  inputs: [{ name: 'x', type: 'float32', dims: ['N', 1, 4, 4] }],
  outputs: ['y', 'r'],
  nodes: [
    {
      name: 'conv',
      opType: 'Conv',
      domain: '',
      inputs: ['x', 'w'],
      outputs: ['c'],
      attributes: { strides: ints([2, 2]), auto_pad: string('VALID'), group: int(1) },
    },
    { name: 'relu', opType: 'ReluGrad', domain: 'loupe', inputs: ['c', 'c'], outputs: ['r'], attributes: {} },
    {
      name: 'pad',
      opType: 'Pad',
      domain: '',
      inputs: ['r', 'pads', '', 'axes'],
      outputs: ['y', ''],
      attributes: { scale: float(0.1), table: { kind: 'tensor', value: bool([true, false]) } },
    },
  ],
  constants: new Map([
    ['w', float32(new Float32Array(9), [1, 1, 3, 3])],
    ['pads', int64([1, 0])],
    ['axes', int64([-1])],
    ['half', float32([0.5], [])],
  ]),
  types: new Map(),
  metadata: {},
};

const types = new Map<string, ValueType>([
  ['x', typed(2, 1, 4, 4)],
  ['w', typed(1, 1, 3, 3)],
  ['pads', { type: 'int64', shape: [2] }],
  ['axes', { type: 'int64', shape: [1] }],
  ['half', typed()],
  ['c', typed(2, 1, 1, 1)],
  ['r', typed(2, 1, 1, 1)],
  ['y', typed(2, 1, 1, 2)],
]);

test('a graph is printed one line a node', () => {
  expect(printGraph({ ...graph, types })).toBe(`graph example
input %x: float32[Nx1x4x4]
constant %w: float32[1x1x3x3]
constant %pads: int64[2] = [1,0]
constant %axes: int64[1] = [-1]
constant %half: float32[] = [0.5]
%c: float32[2x1x1x1] = Conv(%x, %w) {auto_pad="VALID", group=1, strides=[2,2]}  # conv
%r: float32[2x1x1x1] = loupe.ReluGrad(%c, %c)  # relu
%y: float32[2x1x1x2], _ = Pad(%r, %pads, _, %axes) {scale=0.1, table=bool[2] = [1,0]}  # pad
return %y, %r
`);
});

describe('the verifier', () => {
  const [conv, relu, pad] = graph.nodes;
  if (conv === undefined || relu === undefined || pad === undefined)
    throw new Error('the example lost a node');

  test('accepts a valid graph, typed or not', () => {
    expect(() => {
      verifyGraph(graph);
      verifyGraph({ ...graph, types });
    }).not.toThrow();
  });

  test('does not read the data of weights in files', () => {
    const unread = {
      type: 'float32' as const,
      dims: [9],
      get data(): Float32Array {
        throw new Error('the data was read');
      },
    };
    expect(() => {
      verifyGraph({ ...graph, constants: new Map([...graph.constants, ['unread', unread]]) });
    }).not.toThrow();
  });

  test.each<[string, Partial<Graph>]>([
    ['the Conv node "conv" uses the value "w", which is not defined before it.', { constants: new Map() }],
    [
      'the ReluGrad node "relu" uses the value "c", which is not defined before it.',
      { nodes: [relu, conv, pad] },
    ],
    ['the value "c" is defined twice.', { nodes: [conv, { ...relu, outputs: ['c'] }, pad] }],
    ['the value "x" is defined twice.', { nodes: [{ ...conv, outputs: ['x'] }, relu, pad] }],
    ['the Conv node "conv" has no output.', { nodes: [{ ...conv, outputs: [''] }] }],
    ['nothing defines its output "z".', { outputs: ['z'] }],
    ['it has the output "y" twice.', { outputs: ['y', 'y'] }],
    ['it has no output.', { outputs: [] }],
    [
      'the value "c" has no type, though others have.',
      { types: new Map([...types].filter(([name]) => name !== 'c')) },
    ],
    [
      'the value "w" is float32[1x1x3x3], but typed float32[9].',
      { types: new Map([...types, ['w', typed(9)]]) },
    ],
    [
      'the value "x" is float32[2x1x4x4], but typed float32[2x3x4x4].',
      { types: new Map([...types, ['x', typed(2, 3, 4, 4)]]) },
    ],
    [
      'the value "c" has the shape 2x-1, which is not possible.',
      { types: new Map([...types, ['c', typed(2, -1)]]) },
    ],
    [
      'the constant "half" of shape 2 needs 8 bytes and has 4.',
      {
        constants: new Map([
          ...graph.constants,
          ['half', { type: 'float32', dims: [2], data: new Float32Array(1) }],
        ]),
      },
    ],
    [
      'the constant "half" is float32, but its data is Int32Array.',
      {
        constants: new Map([
          ...graph.constants,
          ['half', { type: 'float32', dims: [1], data: new Int32Array(1) }],
        ]),
      },
    ],
  ])('says: %s', (sentence, change) => {
    expect(() => {
      verifyGraph({ ...graph, ...change });
    }).toThrow(`The graph is not valid: ${sentence}`);
  });
});
