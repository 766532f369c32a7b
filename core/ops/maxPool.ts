import { float32 } from '../base/tensor.ts';
import { int, ints, loupeDomain, string } from '../graph/ir.ts';
import { defineOperator } from './define.ts';
import { requireType } from './shared/elementwise.ts';
import { poolingAttributes, poolingForm, poolingOf } from './shared/pooling.ts';
import { windowForm } from './shared/windows.ts';

/** An input of 2x2 windows at stride 1 that has ties everywhere, and its maxima. */
const tied = float32([1, 3, 3, 2, 3, 0, 3, 1, 2], [1, 1, 3, 3]);
const tiedMaxima = float32([3, 3, 3, 3], [1, 1, 2, 2]);
const tiedWindows = { kernel_shape: ints([2, 2]) };

const grid = { dims: [2, 2, 5, 6], distinct: true };

/** y = the maximum of each window; dx = MaxPoolGrad(x, y, ct). The second output are the maxima's places in x. */
export const maxPool = defineOperator({
  opType: 'MaxPool',
  arity: { inputs: [1, 1], outputs: [1, 2] },
  attributes: { ...windowForm, ceil_mode: 'int', storage_order: 'int' },
  infer: ({ node, input }) => {
    const { type } = input(0);
    requireType(input(0), ['float32', 'int8', 'uint8']);
    const { shape } = poolingOf(node, input(0).shape);
    return [
      { type, shape },
      { type: 'int64', shape },
    ];
  },
  vjp: ({ b, cts, node, input, output, shapeOf }) => {
    const [ct] = cts;
    if (ct === undefined) return [undefined];
    const { pooling } = poolingOf(node, shapeOf(input(0)));
    const inputs = [input(0), output(0), ct];
    return [b.add('MaxPoolGrad', inputs, poolingAttributes(pooling), { domain: loupeDomain })];
  },
  samples: [
    {
      title: '2x2, stride 2',
      inputs: [grid],
      attributes: { kernel_shape: ints([2, 2]), strides: ints([2, 2]) },
    },
    {
      title: 'overlapping, padded',
      inputs: [grid],
      attributes: { kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) },
    },
    {
      title: 'stride 1, asymmetric pads',
      inputs: [grid],
      attributes: { kernel_shape: ints([3, 2]), pads: ints([1, 0, 2, 1]) },
    },
    {
      title: 'the places of the maxima too',
      inputs: [grid],
      attributes: { kernel_shape: ints([3, 3]), pads: ints([1, 1, 0, 0]), strides: ints([2, 1]) },
      outputs: 2,
    },
    {
      title: 'ceil mode',
      inputs: [{ dims: [1, 2, 6, 7], distinct: true }],
      attributes: { kernel_shape: ints([3, 3]), strides: ints([2, 2]), ceil_mode: int(1) },
    },
    {
      title: 'dilation 2, SAME_UPPER',
      inputs: [grid],
      attributes: {
        kernel_shape: ints([3, 3]),
        dilations: ints([1, 2]),
        strides: ints([2, 1]),
        auto_pad: string('SAME_UPPER'),
      },
    },
    {
      title: 'one axis, stride 3 with kernel 2',
      inputs: [{ dims: [2, 2, 8], distinct: true }],
      attributes: { kernel_shape: ints([2]), strides: ints([3]) },
    },
  ],
});

/**
 * MaxPoolGrad(x, y, ct): sends ct of each window to the first of its maxima in row-major order. Linear in ct;
 * with g the cotangent of the result, d/dct = MaxPoolGather(x, y, g). Piecewise constant in x and y.
 */
export const maxPoolGrad = defineOperator({
  opType: 'MaxPoolGrad',
  domain: loupeDomain,
  arity: { inputs: [3, 3], outputs: [1, 1] },
  attributes: poolingForm,
  infer: ({ input }) => {
    requireType(input(2), ['float32']);
    return [input(0)];
  },
  vjp: ({ b, ct: g, node, input }) => {
    const gathered = b.add('MaxPoolGather', [input(0), input(1), g], node.attributes, {
      domain: loupeDomain,
    });
    return [undefined, undefined, gathered];
  },
  samples: [
    { title: 'ties everywhere', inputs: [tied, tiedMaxima, { dims: [1, 1, 2, 2] }], attributes: tiedWindows },
  ],
});

/**
 * MaxPoolGather(x, y, v): for each window, the element of v at the place of the first maximum of x. The
 * transpose of MaxPoolGrad in ct; hence d/dv = MaxPoolGrad(x, y, g).
 */
export const maxPoolGather = defineOperator({
  opType: 'MaxPoolGather',
  domain: loupeDomain,
  arity: { inputs: [3, 3], outputs: [1, 1] },
  attributes: poolingForm,
  infer: ({ input }) => {
    requireType(input(2), ['float32']);
    return [input(1)];
  },
  vjp: ({ b, ct: g, node, input }) => {
    const scattered = b.add('MaxPoolGrad', [input(0), input(1), g], node.attributes, { domain: loupeDomain });
    return [undefined, undefined, scattered];
  },
  samples: [
    { title: 'ties everywhere', inputs: [tied, tiedMaxima, { dims: [1, 1, 3, 3] }], attributes: tiedWindows },
  ],
});
