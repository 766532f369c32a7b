import { describe, expect, it } from 'vitest';
import { backward } from '../../core/autodiff/backward.ts';
import { seededRandom } from '../../core/base/random.ts';
import { type Attributes, int, ints, string } from '../../core/graph/ir.ts';
import {
  type Geometry,
  biasGradient,
  convolve,
  inputGradient,
  weightGradient,
} from '../reference/convolution.ts';
import { faultsOf, geometryOf, withBias } from './convolutionCases.ts';
import { drawn, runLowered } from './lowered.ts';

/** A transposed convolution and, worked out by hand, the convolution of which it is the input gradient. */
interface TransposedCase extends Partial<Geometry> {
  readonly title: string;
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly y: readonly number[];
  readonly attributes: Attributes;
}

const transposed: readonly TransposedCase[] = [
  { title: 'stride 2', x: [2, 3, 3, 4], w: [3, 2, 2, 2], y: [2, 2, 6, 8], strides: [2, 2], attributes: {} },
  {
    title: 'pads and output padding',
    x: [1, 2, 3, 2],
    w: [2, 2, 3, 3],
    y: [1, 2, 6, 6],
    strides: [2, 3],
    begins: [1, 0],
    attributes: { pads: ints([1, 0, 1, 2]), output_padding: ints([1, 2]) },
  },
  {
    title: 'output padding beyond the stride',
    x: [1, 1, 3],
    w: [1, 2, 2],
    y: [1, 2, 8],
    dilations: [3],
    attributes: { output_padding: ints([2]) },
  },
  {
    title: 'output_shape: one position too many goes to the beginning',
    x: [1, 2, 3],
    w: [2, 1, 3],
    y: [1, 1, 6],
    strides: [2],
    begins: [1],
    attributes: { output_shape: ints([6]) },
  },
  {
    title: 'output_shape, SAME_UPPER: to the end',
    x: [1, 2, 3],
    w: [2, 1, 3],
    y: [1, 1, 6],
    strides: [2],
    attributes: { output_shape: ints([6]), auto_pad: string('SAME_UPPER') },
  },
  {
    title: 'output_shape larger than the span',
    x: [1, 2, 3],
    w: [2, 1, 3],
    y: [1, 1, 8],
    strides: [2],
    attributes: { output_shape: ints([8]) },
  },
  {
    title: 'SAME_UPPER',
    x: [1, 2, 3],
    w: [2, 1, 3],
    y: [1, 1, 6],
    strides: [2],
    attributes: { auto_pad: string('SAME_UPPER') },
  },
  {
    title: 'SAME_LOWER',
    x: [1, 2, 3],
    w: [2, 1, 3],
    y: [1, 1, 6],
    strides: [2],
    begins: [1],
    attributes: { auto_pad: string('SAME_LOWER') },
  },
  {
    title: 'two groups, several outputs',
    x: [2, 4, 3, 3],
    w: [4, 3, 3, 3],
    y: [2, 6, 5, 5],
    strides: [2, 2],
    begins: [1, 1],
    group: 2,
    attributes: { pads: ints([1, 1, 1, 1]) },
  },
  {
    title: 'four inputs and one output a group',
    x: [2, 8, 3, 3],
    w: [8, 1, 2, 2],
    y: [2, 2, 6, 6],
    strides: [2, 2],
    group: 2,
    attributes: {},
  },
  {
    title: 'depthwise, dilation 2',
    x: [2, 3, 4, 3],
    w: [3, 1, 2, 2],
    y: [2, 3, 6, 5],
    dilations: [2, 2],
    group: 3,
    attributes: {},
  },
];

describe.each(['cpu', 'webgpu'] as const)('ConvTranspose lowered for %s', (target) => {
  it.each(transposed)('$title: values and gradients are those of the definition', async (one) => {
    const random = seededRandom(11);
    const [x, w, ct] = [drawn(random, one.x), drawn(random, one.w), drawn(random, one.y)];
    const bias = drawn(random, [one.y[1] ?? 1]);
    const geometry = geometryOf(one);
    const plain = inputGradient(x, w, one.y, geometry);
    const found = await runLowered(target, { x, w, bias, ct }, (b) => {
      const shared = {
        strides: ints(geometry.strides),
        dilations: ints(geometry.dilations),
        group: int(geometry.group),
      };
      const y = b.add('ConvTranspose', ['x', 'w', 'bias'], { ...shared, ...one.attributes });
      const [dx = '', dw = '', db = ''] = backward(b, { of: y, cotangent: 'ct', wrt: ['x', 'w', 'bias'] });
      return { y, dx, dw, db };
    });
    const wanted = {
      y: withBias(plain, bias),
      dx: convolve(ct, w, one.x, geometry),
      dw: weightGradient(ct, x, one.w, geometry),
      db: biasGradient(ct),
    };
    expect(faultsOf(found, wanted)).toEqual([]);
  });
});
