import { LoupeError } from '../base/errors.ts';
import { formatShape } from '../base/shape.ts';
import { int, ints, string } from '../graph/ir.ts';
import { type ShapeContext, defineOperator } from './define.ts';
import { convolutionOf, inputGradient, weightGradient } from './shared/convolution.ts';
import { requireType } from './shared/elementwise.ts';
import { channelSum } from './shared/normalization.ts';
import { spatialOf, windowCounts, windowForm } from './shared/windows.ts';

function infer({ node, inputs, input }: ShapeContext) {
  const [x, w, bias] = [input(0), input(1), inputs[2]];
  for (const value of inputs) if (value !== undefined) requireType(value, ['float32']);
  const { windows } = convolutionOf(node, x.shape, w.shape);
  if (bias !== undefined && bias.shape.join() !== String(w.shape[0])) {
    throw new LoupeError(
      'badGraph',
      `its bias ${formatShape(bias.shape)} does not fit ${w.shape[0] ?? 0} output channels.`,
    );
  }
  const shape = [x.shape[0] ?? 1, w.shape[0] ?? 1, ...windowCounts(windows, spatialOf(x.shape))];
  return [{ type: x.type, shape }];
}

/** y = w ∗ x + b; dx = ConvInputGrad(ct, w), dw = ConvWeightGrad(x, ct), db = Σ of ct over the batch and space. */
export const conv = defineOperator({
  opType: 'Conv',
  arity: { inputs: [2, 3], outputs: [1, 1] },
  attributes: { ...windowForm, group: 'int' },
  infer,
  vjp: ({ b, ct, node, input, needs, shapeOf }) => {
    const [x, w] = [input(0), input(1)];
    const convolution = convolutionOf(node, shapeOf(x), shapeOf(w));
    return [
      needs(0) ? inputGradient(b, convolution, [ct, w], shapeOf(x)) : undefined,
      needs(1) ? weightGradient(b, convolution, [x, ct], shapeOf(w)) : undefined,
      needs(2) ? channelSum(b, ct) : undefined,
    ];
  },
  samples: [
    {
      title: '3x3, padded, bias',
      inputs: [{ dims: [2, 2, 4, 5] }, { dims: [3, 2, 3, 3] }, { dims: [3] }],
      attributes: { pads: ints([1, 1, 1, 1]) },
    },
    {
      title: 'stride 2, asymmetric pads',
      inputs: [{ dims: [2, 2, 6, 5] }, { dims: [3, 2, 3, 2] }],
      attributes: { strides: ints([2, 2]), pads: ints([1, 0, 0, 2]) },
    },
    {
      title: 'two groups, dilation 2, stride 2',
      inputs: [{ dims: [1, 4, 7, 7] }, { dims: [4, 2, 3, 3] }],
      attributes: { group: int(2), dilations: ints([2, 2]), strides: ints([2, 1]), pads: ints([1, 2, 1, 2]) },
    },
    {
      title: 'depthwise, SAME_UPPER, stride 2',
      inputs: [{ dims: [2, 4, 5, 6] }, { dims: [4, 1, 3, 3] }],
      attributes: { group: int(4), strides: ints([2, 2]), auto_pad: string('SAME_UPPER') },
    },
    {
      title: 'one axis, SAME_LOWER',
      inputs: [{ dims: [2, 2, 7] }, { dims: [3, 2, 4] }, { dims: [3] }],
      attributes: { strides: ints([2]), auto_pad: string('SAME_LOWER') },
    },
    {
      title: '1x1, stride 2',
      inputs: [{ dims: [2, 3, 5, 4] }, { dims: [2, 3, 1, 1] }],
      attributes: { strides: ints([2, 2]) },
    },
    {
      title: '1x1 with pads at the end only',
      inputs: [{ dims: [1, 2, 3, 3] }, { dims: [2, 2, 1, 1] }],
      attributes: { pads: ints([0, 0, 1, 2]) },
    },
    {
      title: 'kernel as large as the input, pads at the end only',
      inputs: [{ dims: [1, 2, 2, 2] }, { dims: [2, 2, 2, 2] }],
      attributes: { pads: ints([0, 0, 1, 1]) },
    },
    {
      title: 'depthwise with nine outputs a channel',
      inputs: [{ dims: [1, 4, 3, 3] }, { dims: [36, 1, 2, 2] }],
      attributes: { group: int(4) },
    },
  ],
});
