import { LoupeError } from '../base/errors.ts';
import { broadcastShapes, formatShape, shapesEqual } from '../base/shape.ts';
import { defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { requireType } from './shared/elementwise.ts';

const x = { dims: [2, 3, 4], avoid: { points: [0], margin: 0.1 } };

/**
 * y = x for x > 0, else s·x, with the slope s broadcast to x.
 * dx = ct for x > 0, else s·ct;  ds = Σ ct·x over x ≤ 0.
 */
export const pRelu = defineOperator({
  opType: 'PRelu',
  arity: { inputs: [2, 2], outputs: [1, 1] },
  infer: ({ input }) => {
    const [value, slope] = [input(0), input(1)];
    requireType(value, ['float32']);
    if (!shapesEqual(broadcastShapes(value.shape, slope.shape), value.shape)) {
      throw new LoupeError(
        'badGraph',
        `its slope of shape ${formatShape(slope.shape)} does not broadcast to ${formatShape(value.shape)}.`,
      );
    }
    return [value];
  },
  vjp: ({ b, ct, input, needs }) => {
    const { greater, mul, where } = arithmetic(b);
    const positive = greater(input(0), 0);
    return [
      needs(0) ? where(positive, ct, mul(ct, input(1))) : undefined,
      needs(1) ? where(positive, 0, mul(ct, input(0))) : undefined,
    ];
  },
  samples: [
    { title: 'one slope a channel', inputs: [x, { dims: [3, 1] }] },
    { title: 'one slope', inputs: [x, { dims: [1] }] },
    { title: 'a slope of the shape of x', inputs: [x, { dims: [2, 3, 4] }] },
  ],
});
