import { readInts } from '../graph/attributes.ts';
import { int, ints, loupeDomain } from '../graph/ir.ts';
import { defineOperator } from './define.ts';
import {
  checkCotangent,
  convolutionForm,
  convolutionOf,
  convolve,
  weightGradient,
} from './shared/convolution.ts';
import { requireType } from './shared/elementwise.ts';
import { spatialOf } from './shared/windows.ts';

/**
 * ConvInputGrad(ct, w): the transpose of x ↦ Conv(x, w) applied to ct, of shape `input_shape`. Linear in both:
 * with g the cotangent of dx, d/dct = Conv(g, w) and d/dw = ConvWeightGrad(g, ct).
 */
export const convInputGrad = defineOperator({
  opType: 'ConvInputGrad',
  domain: loupeDomain,
  arity: { inputs: [2, 2], outputs: [1, 1] },
  attributes: { ...convolutionForm, input_shape: 'ints' },
  infer: ({ node, input }) => {
    const [ct, w, shape] = [input(0), input(1), readInts(node, 'input_shape')];
    requireType(ct, ['float32']);
    checkCotangent(convolutionOf(node, shape, w.shape), ct.shape, shape, w.shape);
    return [{ type: ct.type, shape }];
  },
  vjp: ({ b, ct: g, node, input, needs, shapeOf }) => {
    const [ct, w] = [input(0), input(1)];
    const convolution = convolutionOf(node, shapeOf(g), shapeOf(w));
    return [
      needs(0) ? convolve(b, convolution, [g, w], spatialOf(shapeOf(ct))) : undefined,
      needs(1) ? weightGradient(b, convolution, [g, ct], shapeOf(w)) : undefined,
    ];
  },
  samples: [
    {
      title: '3x3, padded',
      inputs: [{ dims: [2, 3, 4, 5] }, { dims: [3, 2, 3, 3] }],
      attributes: { pads: ints([1, 1, 1, 1]), input_shape: ints([2, 2, 4, 5]) },
    },
    {
      title: 'stride 2, asymmetric pads, a row that no window reads',
      inputs: [{ dims: [2, 3, 3, 3] }, { dims: [3, 2, 3, 2] }],
      attributes: { strides: ints([2, 2]), pads: ints([1, 0, 0, 0]), input_shape: ints([2, 2, 7, 6]) },
    },
    {
      title: 'stem: three channels, 7x7, stride 2',
      inputs: [{ dims: [1, 4, 4, 4] }, { dims: [4, 3, 7, 7] }],
      attributes: { strides: ints([2, 2]), pads: ints([3, 3, 3, 3]), input_shape: ints([1, 3, 7, 8]) },
    },
    {
      title: '1x1, stride 2',
      inputs: [{ dims: [2, 3, 3, 2] }, { dims: [3, 2, 1, 1] }],
      attributes: { strides: ints([2, 2]), input_shape: ints([2, 2, 6, 4]) },
    },
    {
      title: 'two groups, dilation 2',
      inputs: [{ dims: [1, 4, 3, 3] }, { dims: [4, 2, 3, 3] }],
      attributes: {
        group: int(2),
        dilations: ints([2, 2]),
        pads: ints([1, 1, 1, 1]),
        input_shape: ints([1, 4, 5, 5]),
      },
    },
    {
      title: 'depthwise with two outputs a channel, stride 2',
      inputs: [{ dims: [1, 8, 3, 3] }, { dims: [8, 1, 3, 3] }],
      attributes: {
        group: int(4),
        strides: ints([2, 2]),
        pads: ints([1, 1, 1, 1]),
        input_shape: ints([1, 4, 5, 6]),
      },
    },
    {
      title: 'one axis, stride 3',
      inputs: [{ dims: [2, 2, 3] }, { dims: [2, 2, 4] }],
      attributes: { strides: ints([3]), pads: ints([2, 1]), input_shape: ints([2, 2, 8]) },
    },
  ],
});
