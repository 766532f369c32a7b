import { float32 } from '../base/tensor.ts';
import { readInt } from '../graph/attributes.ts';
import { int, ints } from '../graph/ir.ts';
import { defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { inputGradient } from './shared/convolution.ts';
import { requireType } from './shared/elementwise.ts';
import { poolingOf } from './shared/pooling.ts';
import { coveringWindows, spatialOf, windowForm } from './shared/windows.ts';

/**
 * y = (Σ over the window |x|^p)^(1/p); dx = sign(x)·|x|^(p−1) · Σ over the windows of ct·y^(1−p), where the last
 * sum is the input gradient of a depthwise convolution with ones.
 */
export const lpPool = defineOperator({
  opType: 'LpPool',
  attributes: { ...windowForm, ceil_mode: 'int', p: 'int' },
  infer: ({ node, input }) => {
    requireType(input(0), ['float32']);
    return [{ type: 'float32', shape: poolingOf(node, input(0).shape).shape }];
  },
  vjp: ({ b, ct, node, input, output, shapeOf }) => {
    const [x, p] = [input(0), readInt(node, 'p', 2)];
    const { apply, mul, pow } = arithmetic(b);
    const shape = shapeOf(x);
    const { windows } = poolingOf(node, shape).pooling;
    const covering = coveringWindows(windows, spatialOf(shape), spatialOf(shapeOf(ct)));
    const channels = shape[1] ?? 1;
    const size = windows.kernel.reduce((product, dim) => product * dim, channels);
    const ones = b.constant(
      float32(new Float32Array(size).fill(1), [channels, 1, ...windows.kernel]),
      'ones',
    );
    const convolution = { windows: covering, group: channels };
    const spread = inputGradient(b, convolution, [mul(ct, pow(output(0), 1 - p)), ones], shape);
    const inner = p === 2 ? x : mul(apply('Sign', x), pow(apply('Abs', x), p - 1));
    return [mul(inner, spread)];
  },
  samples: [
    {
      title: '2x2, stride 2',
      inputs: [{ dims: [2, 2, 4, 5], range: [0.3, 1] }],
      attributes: { kernel_shape: ints([2, 2]), strides: ints([2, 2]) },
    },
    {
      title: 'p 3, overlapping, padded',
      inputs: [{ dims: [1, 2, 5, 5], range: [-1, -0.3] }],
      attributes: { kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]), p: int(3) },
    },
    {
      title: 'ceil mode',
      inputs: [{ dims: [1, 2, 4, 6], range: [0.3, 1] }],
      attributes: { kernel_shape: ints([3, 3]), strides: ints([2, 2]), ceil_mode: int(1) },
    },
    {
      title: 'one axis',
      inputs: [{ dims: [2, 2, 6], range: [0.3, 1] }],
      attributes: { kernel_shape: ints([3]) },
    },
  ],
});
