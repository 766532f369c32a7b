import { sizeOf } from '../base/shape.ts';
import { ints, loupeDomain } from '../graph/ir.ts';
import { type ShapeContext, defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { requireType } from './shared/elementwise.ts';
import { spatialOf } from './shared/windows.ts';

/** [N, C, …] → [N, C, 1, …]. */
function infer({ input }: ShapeContext) {
  const { type, shape } = input(0);
  requireType(input(0), ['float32']);
  return [{ type, shape: shape.map((dim, axis) => (axis < 2 ? dim : 1)) }];
}

/** y = the mean over the spatial axes, of which there are P positions; dx = ct / P everywhere. */
export const globalAveragePool = defineOperator({
  opType: 'GlobalAveragePool',
  infer,
  vjp: ({ b, ct, input, shapeOf }) => {
    const shape = shapeOf(input(0));
    const share = arithmetic(b).div(ct, sizeOf(spatialOf(shape)));
    return [b.add('Expand', [share, b.axes(shape)])];
  },
  samples: [
    { title: 'two axes', inputs: [{ dims: [2, 3, 3, 4] }] },
    { title: 'one axis', inputs: [{ dims: [2, 3, 5] }] },
  ],
});

/** y = the maximum over the spatial axes: a MaxPool of one window, so dx = MaxPoolGrad(x, y, ct). */
export const globalMaxPool = defineOperator({
  opType: 'GlobalMaxPool',
  infer,
  vjp: ({ b, ct, input, output, shapeOf }) => {
    const attributes = { kernel_shape: ints(spatialOf(shapeOf(input(0)))) };
    return [b.add('MaxPoolGrad', [input(0), output(0), ct], attributes, { domain: loupeDomain })];
  },
  samples: [
    { title: 'two axes', inputs: [{ dims: [2, 3, 3, 4], distinct: true }] },
    { title: 'one axis', inputs: [{ dims: [2, 3, 5], distinct: true }] },
  ],
});
