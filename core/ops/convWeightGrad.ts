import { readInts } from '../graph/attributes.ts';
import { int, ints, loupeDomain } from '../graph/ir.ts';
import { defineOperator } from './define.ts';
import {
  checkCotangent,
  convolutionForm,
  convolutionOf,
  convolve,
  inputGradient,
} from './shared/convolution.ts';
import { requireType } from './shared/elementwise.ts';
import { spatialOf } from './shared/windows.ts';

/**
 * ConvWeightGrad(x, ct): the transpose of w ↦ Conv(x, w) applied to ct, of shape `weight_shape`. Linear in both:
 * with g the cotangent of dw, d/dx = ConvInputGrad(ct, g) and d/dct = Conv(x, g).
 */
export const convWeightGrad = defineOperator({
  opType: 'ConvWeightGrad',
  domain: loupeDomain,
  arity: { inputs: [2, 2], outputs: [1, 1] },
  attributes: { ...convolutionForm, weight_shape: 'ints' },
  infer: ({ node, input }) => {
    const [x, ct, shape] = [input(0), input(1), readInts(node, 'weight_shape')];
    requireType(x, ['float32']);
    checkCotangent(convolutionOf(node, x.shape, shape), ct.shape, x.shape, shape);
    return [{ type: x.type, shape }];
  },
  vjp: ({ b, ct: g, node, input, needs, shapeOf }) => {
    const [x, ct] = [input(0), input(1)];
    const convolution = convolutionOf(node, shapeOf(x), shapeOf(g));
    return [
      needs(0) ? inputGradient(b, convolution, [ct, g], shapeOf(x)) : undefined,
      needs(1) ? convolve(b, convolution, [x, g], spatialOf(shapeOf(ct))) : undefined,
    ];
  },
  samples: [
    {
      title: '3x3, padded',
      inputs: [{ dims: [2, 2, 4, 5] }, { dims: [2, 3, 4, 5] }],
      attributes: { pads: ints([1, 1, 1, 1]), weight_shape: ints([3, 2, 3, 3]) },
    },
    {
      title: 'stride 2, asymmetric pads',
      inputs: [{ dims: [2, 2, 6, 5] }, { dims: [2, 3, 3, 3] }],
      attributes: { strides: ints([2, 2]), pads: ints([1, 0, 0, 2]), weight_shape: ints([3, 2, 3, 2]) },
    },
    {
      title: '1x1, stride 2, two groups',
      inputs: [{ dims: [2, 4, 5, 4] }, { dims: [2, 2, 3, 2] }],
      attributes: { strides: ints([2, 2]), group: int(2), weight_shape: ints([2, 2, 1, 1]) },
    },
    {
      title: 'depthwise, dilation 2',
      inputs: [{ dims: [2, 4, 5, 5] }, { dims: [2, 4, 3, 3] }],
      attributes: {
        group: int(4),
        dilations: ints([2, 2]),
        pads: ints([1, 1, 1, 1]),
        weight_shape: ints([4, 1, 3, 3]),
      },
    },
    {
      title: 'one axis, stride 2',
      inputs: [{ dims: [2, 2, 7] }, { dims: [2, 3, 3] }],
      attributes: { strides: ints([2]), pads: ints([1, 0]), weight_shape: ints([3, 2, 3]) },
    },
  ],
});
