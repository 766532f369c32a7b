import { ints } from '../graph/ir.ts';
import { defineOperator } from './define.ts';
import { likeInput } from './shared/elementwise.ts';
import {
  meanVarianceAxes,
  meanVarianceEpsilon,
  standardize,
  standardizeGradient,
} from './shared/normalization.ts';

/** y = (x − μ)/(σ + 1e-9) over the axes. */
export const meanVarianceNormalization = defineOperator({
  opType: 'MeanVarianceNormalization',
  attributes: { axes: 'ints' },
  infer: likeInput(),
  vjp: ({ b, ct, input, node }) => {
    const axes = meanVarianceAxes(node, b.shapeOf(ct).length);
    return [standardizeGradient(b, ct, standardize(b, input(0), axes, meanVarianceEpsilon), axes)];
  },
  samples: [
    { title: 'the default axes', inputs: [{ dims: [2, 3, 2, 2] }] },
    { title: 'the pixels', inputs: [{ dims: [2, 2, 2, 4] }], attributes: { axes: ints([2, 3]) } },
  ],
});
