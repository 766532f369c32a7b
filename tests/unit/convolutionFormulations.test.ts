import { describe, expect, it } from 'vitest';
import type { GraphBuilder } from '../../core/graph/builder.ts';
import type { Attributes, Node } from '../../core/graph/ir.ts';
import { convolutionOf } from '../../core/ops/shared/convolution.ts';
import { asPhases } from '../../core/passes/lower/convInputGrad/phases.ts';
import { asSubpixel } from '../../core/passes/lower/convInputGrad/subpixel.ts';
import { asTransposed } from '../../core/passes/lower/convInputGrad/transposed.ts';
import { asTapProducts } from '../../core/passes/lower/convWeightGrad/products.ts';
import { asSeparable } from '../../core/passes/lower/convWeightGrad/separable.ts';
import { asSwapped } from '../../core/passes/lower/convWeightGrad/swapped.ts';
import { inputGradient, weightGradient } from '../reference/convolution.ts';
import { type Case, attributesOf, cases, draw, faultsOf, geometryOf } from './convolutionCases.ts';
import { runLowered, tensorOf } from './lowered.ts';

const conv = (attributes: Attributes): Node => {
  return { name: 'conv', opType: 'Conv', domain: '', inputs: [], outputs: [], attributes };
};

describe('every formulation of a convolution gradient is right wherever it may be chosen', () => {
  const inOneGroup = cases.filter(({ group }) => group === undefined);
  const formulations = [
    { title: 'phases', formulation: asPhases, among: cases },
    { title: 'transposed', formulation: asTransposed, among: cases },
    { title: 'sub-pixel', formulation: asSubpixel, among: inOneGroup },
  ];
  it.each(formulations)('input gradient as $title', async ({ formulation, among }) => {
    for (const one of among) {
      const { w, ct } = draw(one);
      const found = await runLowered('cpu', { ct }, (b) => {
        b.setConstant('w', tensorOf(w));
        const convolution = convolutionOf(conv(attributesOf(one)), one.x, one.w);
        return { dx: formulation(b, { ct: 'ct', w: 'w', convolution, shape: one.x, name: one.title }) };
      });
      const wanted = { dx: inputGradient(ct, w, one.x, geometryOf(one)) };
      expect(faultsOf(found, wanted)).toEqual([]);
    }
  });

  const separable = inOneGroup.filter(
    ({ x, strides = [1, 1] }) => x.length === 4 && strides.every((s) => s === 1),
  );
  const weightFormulations = [
    { title: 'tap products', formulation: asTapProducts, among: cases },
    { title: 'a convolution with exchanged axes', formulation: asSwapped, among: cases },
    { title: 'separable shifts', formulation: asSeparable, among: separable },
  ];
  it.each(weightFormulations)('weight gradient as $title', async ({ formulation, among }) => {
    for (const one of among) {
      const { x, ct } = draw(one);
      const found = await runLowered('cpu', { x, ct }, (b) => {
        const convolution = convolutionOf(conv(attributesOf(one)), one.x, one.w);
        const counts = one.y.slice(2);
        return {
          dw: formulation(b, { x: 'x', ct: 'ct', convolution, counts, shape: one.w, name: one.title }),
        };
      });
      const wanted = { dw: weightGradient(x, ct, one.w, geometryOf(one)) };
      expect(faultsOf(found, wanted)).toEqual([]);
    }
  });
});

describe('weights that several gradients share', () => {
  it('are rearranged once', async () => {
    const one = cases[0] as Case;
    const { x, w, ct } = draw(one);
    let derived: string[] = [];
    const emit = (b: GraphBuilder): { a: string; c: string } => {
      b.setConstant('w', tensorOf(w));
      const convolution = convolutionOf(conv(attributesOf(one)), one.x, one.w);
      const problem = { ct: 'ct', w: 'w', convolution, shape: one.x, name: 'dx' };
      const results = { a: asPhases(b, problem), c: asPhases(b, problem) };
      derived = b.nodes.filter(({ opType }) => opType === 'Conv').map(({ inputs }) => inputs[1] ?? '');
      return results;
    };
    await runLowered('cpu', { x, ct }, emit);
    expect(derived).toHaveLength(2);
    expect(new Set(derived).size).toBe(1);
  });
});
