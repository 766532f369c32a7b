import { normalizeAxis } from '../base/shape.ts';
import { readInts } from '../graph/attributes.ts';
import { ints } from '../graph/ir.ts';
import { type VjpContext, defineOperator } from './define.ts';
import { likeInput } from './shared/elementwise.ts';
import { standardize, standardizeGradient } from './shared/normalization.ts';

/** y = (x − μ)/(σ + 1e-9) over the axes. */
export const meanVarianceNormalization = defineOperator({
  opType: 'MeanVarianceNormalization',
  attributes: { axes: 'ints' },
  infer: likeInput(),
  vjp: (context) => {
    const { b, ct, input } = context;
    const axes = normalizedAxes(context);
    // (σ² + 1e-18)^(1/2) is σ + 1e-9 in float32 wherever σ is not tiny, and 1e-9 where σ = 0.
    return [standardizeGradient(b, ct, standardize(b, input(0), axes, 1e-18), axes)];
  },
  samples: [
    { title: 'the default axes', inputs: [{ dims: [2, 3, 2, 2] }] },
    { title: 'the pixels', inputs: [{ dims: [2, 2, 2, 4] }], attributes: { axes: ints([2, 3]) } },
  ],
});

function normalizedAxes({ b, input, node }: VjpContext): number[] {
  const rank = b.shapeOf(input(0)).length;
  return readInts(node, 'axes', [0, 2, 3]).map((axis) => normalizeAxis(axis, rank));
}
