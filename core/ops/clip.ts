import { LoupeError } from '../base/errors.ts';
import { formatShape, sizeOf } from '../base/shape.ts';
import { float32 } from '../base/tensor.ts';
import { loupeDomain } from '../graph/ir.ts';
import { type ShapeContext, defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { numeric, requireType } from './shared/elementwise.ts';

const [low, high] = [float32([-0.3], []), float32([0.4], [])];
const away = { points: [-0.3, 0.4], margin: 0.05 };

/**
 * y = x cut to [min, max]; either bound may be absent.
 * dx = ct where min < y < max, strictly (as hardtanh and ReLU6);  dmin = Σ ct where x < min;  dmax = Σ ct where x > max.
 */
export const clip = defineOperator({
  opType: 'Clip',
  arity: { inputs: [1, 3], outputs: [1, 1] },
  infer: (context) => {
    requireType(context.input(0), numeric);
    [1, 2].forEach((index) => requireBound(context, index));
    return [context.input(0)];
  },
  vjp: ({ b, ct, input, inputs: [, min = '', max = ''], needs, output }) => {
    const { greater, less, where } = arithmetic(b);
    return [
      needs(0) ? b.add('ClipGrad', [output(0), min, max, ct], {}, { domain: loupeDomain }) : undefined,
      needs(1) ? where(less(input(0), min), ct, 0) : undefined,
      needs(2) ? where(greater(input(0), max), ct, 0) : undefined,
    ];
  },
  samples: [
    { title: 'constant bounds', inputs: [{ dims: [3, 5], avoid: away }, low, high] },
    { title: 'from below', inputs: [{ dims: [3, 5], avoid: away }, low] },
    { title: 'from above', inputs: [{ dims: [3, 5], avoid: away }, '', high] },
    {
      title: 'bounds that are computed',
      inputs: [
        { dims: [3, 5], avoid: { points: [-0.4, 0.4], margin: 0.15 } },
        { dims: [], range: [-0.5, -0.3] },
        { dims: [], range: [0.3, 0.5] },
      ],
    },
  ],
});

function requireBound({ input, inputs }: ShapeContext, index: number): void {
  const bound = inputs[index];
  if (bound === undefined || (sizeOf(bound.shape) === 1 && bound.type === input(0).type)) return;
  throw new LoupeError(
    'badGraph',
    `a bound has the type ${bound.type} and the shape ${formatShape(bound.shape)}; it must be one ${input(0).type}.`,
  );
}

/**
 * ClipGrad(y, min, max, ct) = ct where min < y < max, else 0; an absent bound does not bind. It keeps the mask
 * apart from the ways of computing it, which differ by device. Linear in ct; piecewise constant in the others.
 */
export const clipGrad = defineOperator({
  opType: 'ClipGrad',
  domain: loupeDomain,
  arity: { inputs: [4, 4], outputs: [1, 1] },
  infer: ({ input }) => [input(3)],
  vjp: ({ b, ct, inputs }) => {
    const mask = inputs.slice(0, 3);
    return [undefined, undefined, undefined, b.add('ClipGrad', [...mask, ct], {}, { domain: loupeDomain })];
  },
  samples: [
    { title: 'both bounds', inputs: [{ dims: [3, 5], avoid: away }, low, high, { dims: [3, 5] }] },
    { title: 'from below', inputs: [{ dims: [3, 5], avoid: away }, low, '', { dims: [3, 5] }] },
    { title: 'from above', inputs: [{ dims: [3, 5], avoid: away }, '', high, { dims: [3, 5] }] },
  ],
});
