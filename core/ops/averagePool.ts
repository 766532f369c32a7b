import { LoupeError } from '../base/errors.ts';
import { formatShape, shapesEqual } from '../base/shape.ts';
import { readInt, readInts } from '../graph/attributes.ts';
import { int, ints, loupeDomain, string } from '../graph/ir.ts';
import { defineOperator } from './define.ts';
import { requireType } from './shared/elementwise.ts';
import { poolingAttributes, poolingForm, poolingOf } from './shared/pooling.ts';
import { windowForm } from './shared/windows.ts';

const grid = { dims: [2, 2, 5, 6] };

/** y = the mean of each window, with or without the padding; dx = AveragePoolGrad(ct), its transpose. */
export const averagePool = defineOperator({
  opType: 'AveragePool',
  attributes: { ...windowForm, ceil_mode: 'int', count_include_pad: 'int' },
  infer: ({ node, input }) => {
    requireType(input(0), ['float32']);
    return [{ type: 'float32', shape: poolingOf(node, input(0).shape).shape }];
  },
  vjp: ({ b, ct, node, input, shapeOf }) => {
    const shape = shapeOf(input(0));
    const attributes = {
      ...poolingAttributes(poolingOf(node, shape).pooling),
      count_include_pad: int(readInt(node, 'count_include_pad', 0)),
      input_shape: ints(shape),
    };
    return [b.add('AveragePoolGrad', [ct], attributes, { domain: loupeDomain })];
  },
  samples: [
    {
      title: '2x2, stride 2, a column left over',
      inputs: [{ dims: [2, 2, 4, 5] }],
      attributes: { kernel_shape: ints([2, 2]), strides: ints([2, 2]) },
    },
    {
      title: 'stride 1, padded',
      inputs: [grid],
      attributes: { kernel_shape: ints([3, 3]), pads: ints([1, 1, 1, 1]) },
    },
    {
      title: 'stride 1, asymmetric pads that count',
      inputs: [grid],
      attributes: { kernel_shape: ints([3, 2]), pads: ints([1, 0, 2, 1]), count_include_pad: int(1) },
    },
    {
      title: 'overlapping, ceil mode',
      inputs: [grid],
      attributes: {
        kernel_shape: ints([3, 3]),
        strides: ints([2, 2]),
        pads: ints([1, 0, 1, 0]),
        ceil_mode: int(1),
      },
    },
    {
      title: 'ceil mode, pads that count',
      inputs: [{ dims: [1, 2, 6, 5] }],
      attributes: {
        kernel_shape: ints([2, 3]),
        strides: ints([2, 2]),
        pads: ints([1, 1, 1, 1]),
        ceil_mode: int(1),
        count_include_pad: int(1),
      },
    },
    {
      title: 'dilation 2, SAME_LOWER',
      inputs: [grid],
      attributes: {
        kernel_shape: ints([2, 2]),
        dilations: ints([1, 2]),
        strides: ints([2, 1]),
        auto_pad: string('SAME_LOWER'),
      },
    },
    {
      title: 'one axis, stride 3 with kernel 2',
      inputs: [{ dims: [2, 2, 8] }],
      attributes: { kernel_shape: ints([2]), strides: ints([3]) },
    },
  ],
});

/** AveragePoolGrad(ct): the transpose of AveragePool on inputs of `input_shape`; with g its cotangent, dct = AveragePool(g). */
export const averagePoolGrad = defineOperator({
  opType: 'AveragePoolGrad',
  domain: loupeDomain,
  attributes: { ...poolingForm, count_include_pad: 'int', input_shape: 'ints' },
  infer: ({ node, input }) => {
    const [ct, shape] = [input(0), readInts(node, 'input_shape')];
    requireType(ct, ['float32']);
    const pooled = poolingOf(node, shape).shape;
    if (shapesEqual(ct.shape, pooled)) return [{ type: ct.type, shape }];
    throw new LoupeError(
      'badGraph',
      `its cotangent should be ${formatShape(pooled)}, not ${formatShape(ct.shape)}.`,
    );
  },
  vjp: ({ b, ct: g, node }) => {
    const { input_shape: _, ...attributes } = node.attributes;
    return [b.add('AveragePool', [g], attributes)];
  },
  samples: [
    {
      title: '2x2, stride 2, a column left over',
      inputs: [{ dims: [2, 2, 2, 2] }],
      attributes: { kernel_shape: ints([2, 2]), strides: ints([2, 2]), input_shape: ints([2, 2, 4, 5]) },
    },
    {
      title: 'stride 1, padded',
      inputs: [{ dims: [1, 2, 4, 5] }],
      attributes: { kernel_shape: ints([3, 3]), pads: ints([1, 1, 1, 1]), input_shape: ints([1, 2, 4, 5]) },
    },
    {
      title: 'overlapping, ceil mode, pads that count',
      inputs: [{ dims: [1, 2, 4, 3] }],
      attributes: {
        kernel_shape: ints([2, 3]),
        strides: ints([2, 2]),
        pads: ints([1, 1, 1, 1]),
        ceil_mode: int(1),
        count_include_pad: int(1),
        input_shape: ints([1, 2, 6, 5]),
      },
    },
  ],
});
