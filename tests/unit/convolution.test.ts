import { describe, expect, it } from 'vitest';
import { backward } from '../../core/autodiff/backward.ts';
import { type Attributes, int, ints, string } from '../../core/graph/ir.ts';
import { newBuilder } from '../../core/ops/registry.ts';
import { biasGradient, convolve, inputGradient, weightGradient } from '../reference/convolution.ts';
import { attributesOf, cases, draw, faultsOf, geometryOf, withBias } from './convolutionCases.ts';
import { runLowered, tensorOf } from './lowered.ts';

describe.each(['cpu', 'webgpu'] as const)('Conv lowered for %s', (target) => {
  it.each(cases)('$title: values and gradients are those of the definition', async (one) => {
    const { x, w, bias, ct, g } = draw(one);
    const geometry = geometryOf(one);
    const plain = convolve(x, w, one.y, geometry);
    const wanted = {
      y: withBias(plain, bias),
      dx: inputGradient(ct, w, one.x, geometry),
      dw: weightGradient(x, ct, one.w, geometry),
      db: biasGradient(ct),
      // Second order: the cotangents of ct and of w when dx has the cotangent g.
      dct: convolve(g, w, one.y, geometry),
      dwOfDx: weightGradient(g, ct, one.w, geometry),
    };
    for (const constantWeights of [true, false]) {
      const inputs = { x, ct, g, bias, ...(constantWeights ? {} : { w }) };
      const found = await runLowered(target, inputs, (b) => {
        if (constantWeights) b.setConstant('w', tensorOf(w));
        const y = b.add('Conv', ['x', 'w', 'bias'], attributesOf(one));
        const [dx = '', dw = '', db = ''] = backward(b, { of: y, cotangent: 'ct', wrt: ['x', 'w', 'bias'] });
        const [dct = '', dwOfDx = ''] = backward(b, { of: dx, cotangent: 'g', wrt: ['ct', 'w'] });
        return { y, dx, dw, db, dct, dwOfDx };
      });
      expect(faultsOf(found, wanted)).toEqual([]);
    }
  });
});

describe('a convolution that does not fit', () => {
  const refusal =
    (opType: string, x: readonly number[], w: readonly number[], attributes: Attributes) => () => {
      const b = newBuilder();
      b.input('x', { type: 'float32', shape: x });
      b.input('w', { type: 'float32', shape: w });
      b.add(opType, ['x', 'w'], attributes, { name: 'layer' });
    };

  it.each([
    [[1, 3, 5, 5], [4, 2, 3, 3], {}, 'its weights 4x2x3x3 in 1 groups do not fit an input of 3 channels.'],
    [[1, 4, 5, 5], [3, 2, 3, 3], { group: int(2) }, 'its weights 3x2x3x3 in 2 groups do not fit'],
    [
      [1, 3, 5],
      [4, 3, 3, 3],
      {},
      'its input 1x3x5, its weights 4x3x3x3 and its kernel 3x3 do not fit together.',
    ],
    [[1, 3, 5, 5], [4, 3, 3, 3], { kernel_shape: ints([5, 5]) }, 'and its kernel 5x5 do not fit together.'],
    [[1, 3, 5, 2], [4, 3, 3, 3], {}, 'reaches over 3 positions, but spatial axis 1 has 2 with padding.'],
    [
      [1, 3, 5, 5],
      [4, 3, 3, 3],
      { strides: ints([0, 1]) },
      'its strides should be 2 integers of at least 1, not [0, 1].',
    ],
    [
      [1, 3, 5, 5],
      [4, 3, 3, 3],
      { pads: ints([1, 1]) },
      'its pads should be 4 integers of at least 0, not [1, 1].',
    ],
    [[1, 3, 5, 5], [4, 3, 3, 3], { auto_pad: string('SAME') }, 'its auto_pad "SAME" is none of'],
    [[1, 3, 5, 5], [4, 3, 3, 3], { group: int(0) }, 'its group should be at least 1, not 0.'],
  ])('is refused in a sentence: %j %j %j', (x, w, attributes, sentence) => {
    expect(refusal('Conv', x, w, attributes as Attributes)).toThrow(`The Conv node "layer" is not valid: `);
    expect(refusal('Conv', x, w, attributes as Attributes)).toThrow(sentence);
  });

  it('is refused if a transposed one would have no or an unreachable output', () => {
    const make = (size: number) =>
      refusal('ConvTranspose', [1, 2, 3], [2, 1, 3], { strides: ints([2]), output_shape: ints([size]) });
    expect(make(9)).toThrow('it cannot have an output of size 9 along spatial axis 0.');
    expect(make(8)).not.toThrow();
    expect(make(0)).toThrow('it cannot have an output of size 0 along spatial axis 0.');
  });
});
