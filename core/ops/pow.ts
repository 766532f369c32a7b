import { type Tensor, float32, numbersOf } from '../base/tensor.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import { broadcastShapes } from '../base/shape.ts';
import { int } from '../graph/ir.ts';
import { type VjpContext, defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { numeric, requireType } from './shared/elementwise.ts';
import { evaluateElementwise } from './shared/evaluate.ts';

const positive = { range: [0.3, 2] } as const;

/** ONNX's number of the element type float32, for Cast. */
const toFloat32 = { to: int(1) };

/**
 * y = x^e with broadcasting; the result has the type of x, whatever the type of e.
 * dx = ct·e·x^(e−1), which is 0 where e = 0;  de = ct·y·ln x, which is 0 where x = 0.
 */
export const pow = defineOperator({
  opType: 'Pow',
  arity: { inputs: [2, 2], outputs: [1, 1] },
  infer: ({ input }) => {
    requireType(input(0), numeric);
    requireType(input(1), numeric);
    return [{ type: input(0).type, shape: broadcastShapes(input(0).shape, input(1).shape) }];
  },
  vjp: (context) => {
    const { b, input, needs } = context;
    const exponentCounts = needs(1) && b.typeOf(input(1)).type === 'float32';
    return [
      needs(0) ? baseCotangent(context) : undefined,
      exponentCounts ? exponentCotangent(context) : undefined,
    ];
  },
  evaluate: evaluateElementwise(Math.pow),
  samples: [
    { title: 'a square', inputs: [{ dims: [2, 3] }, float32([2], [])] },
    { title: 'exponents 0, 1 and 3', inputs: [{ dims: [2, 3] }, float32([0, 1, 3])] },
    {
      title: 'a computed exponent',
      inputs: [
        { dims: [2, 3], ...positive },
        { dims: [3], range: [-2, 2] },
      ],
    },
  ],
});

function baseCotangent({ b, constant, ct, input }: VjpContext): string {
  const { mul, pow: power } = arithmetic(b);
  const known = constant(1);
  const [exponent, oneLess] = known === undefined ? computedExponents(b, input(1)) : exponents(b, known);
  const only = known?.data.length === 1 ? Number(known.data[0]) : undefined;
  return mul(ct, mul(exponent, only === 2 ? input(0) : power(input(0), oneLess)));
}

/** e and e − 1; where e = 0 the second is 0 too, so that 0·x^(e−1) is 0 and not NaN at x = 0. */
function exponents(b: GraphBuilder, known: Tensor): [string, string] {
  const values = numbersOf(known);
  const oneLess = values.map((value) => (value === 0 ? 0 : value - 1));
  return [b.constant(float32(values, known.dims)), b.constant(float32(oneLess, known.dims))];
}

function computedExponents(b: GraphBuilder, name: string): [string, string] {
  const { equal, sub, where } = arithmetic(b);
  const exponent = b.typeOf(name).type === 'float32' ? name : b.add('Cast', [name], toFloat32);
  return [exponent, where(equal(exponent, 0), 0, sub(exponent, 1))];
}

function exponentCotangent({ b, ct, input, output }: VjpContext): string {
  const { apply, equal, mul, where } = arithmetic(b);
  const logarithm = apply('Log', where(equal(input(0), 0), 1, input(0)));
  return mul(ct, mul(output(0), logarithm));
}
