import { LoupeError } from '../base/errors.ts';
import { formatShape } from '../base/shape.ts';
import { int, ints, string } from '../graph/ir.ts';
import { type ShapeContext, defineOperator } from './define.ts';
import { convolve, transposedConvolutionOf, weightGradient } from './shared/convolution.ts';
import { requireType } from './shared/elementwise.ts';
import { channelSum } from './shared/normalization.ts';
import { spatialOf, windowForm } from './shared/windows.ts';

function infer({ node, inputs, input }: ShapeContext) {
  const [x, w, bias] = [input(0), input(1), inputs[2]];
  for (const value of inputs) if (value !== undefined) requireType(value, ['float32']);
  const { shape } = transposedConvolutionOf(node, x.shape, w.shape);
  if (bias !== undefined && bias.shape.join() !== String(shape[1])) {
    throw new LoupeError(
      'badGraph',
      `its bias ${formatShape(bias.shape)} does not fit ${shape[1] ?? 0} output channels.`,
    );
  }
  return [{ type: x.type, shape }];
}

/**
 * y = ConvInputGrad(x, w) + b of the convolution that maps y's shape to x's; hence dx = Conv(ct, w),
 * dw = ConvWeightGrad(ct, x), db = Σ of ct over the batch and space.
 */
export const convTranspose = defineOperator({
  opType: 'ConvTranspose',
  arity: { inputs: [2, 3], outputs: [1, 1] },
  attributes: { ...windowForm, group: 'int', output_padding: 'ints', output_shape: 'ints' },
  infer,
  vjp: ({ b, ct, node, input, needs, shapeOf }) => {
    const [x, w] = [input(0), input(1)];
    const { convolution } = transposedConvolutionOf(node, shapeOf(x), shapeOf(w));
    return [
      needs(0) ? convolve(b, convolution, [ct, w], spatialOf(shapeOf(x))) : undefined,
      needs(1) ? weightGradient(b, convolution, [ct, x], shapeOf(w)) : undefined,
      needs(2) ? channelSum(b, ct) : undefined,
    ];
  },
  samples: [
    {
      title: 'stride 2, bias',
      inputs: [{ dims: [2, 2, 3, 3] }, { dims: [2, 3, 2, 2] }, { dims: [3] }],
      attributes: { strides: ints([2, 2]) },
    },
    {
      title: 'pads and output padding',
      inputs: [{ dims: [1, 2, 3, 2] }, { dims: [2, 2, 3, 3] }],
      attributes: { strides: ints([2, 3]), pads: ints([1, 0, 1, 2]), output_padding: ints([1, 2]) },
    },
    {
      title: 'output padding beyond the stride, dilation 3',
      inputs: [{ dims: [1, 1, 3] }, { dims: [1, 2, 2] }],
      attributes: { dilations: ints([3]), output_padding: ints([2]) },
    },
    {
      title: 'output_shape',
      inputs: [{ dims: [1, 2, 3, 3] }, { dims: [2, 1, 3, 3] }],
      attributes: { strides: ints([2, 2]), output_shape: ints([6, 8]) },
    },
    {
      title: 'SAME_UPPER, two groups',
      inputs: [{ dims: [1, 4, 3, 3] }, { dims: [4, 2, 3, 3] }],
      attributes: { strides: ints([2, 2]), group: int(2), auto_pad: string('SAME_UPPER') },
    },
    {
      title: 'four inputs and one output a group',
      inputs: [{ dims: [1, 8, 3, 3] }, { dims: [8, 1, 2, 2] }],
      attributes: { strides: ints([2, 2]), group: int(2) },
    },
    {
      title: 'one axis, SAME_LOWER, dilation 2',
      inputs: [{ dims: [2, 2, 4] }, { dims: [2, 2, 3] }],
      attributes: { strides: ints([2]), dilations: ints([2]), auto_pad: string('SAME_LOWER') },
    },
  ],
});
