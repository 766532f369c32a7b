import { LoupeError } from '../base/errors.ts';
import { int64 } from '../base/tensor.ts';
import { readInt } from '../graph/attributes.ts';
import { int } from '../graph/ir.ts';
import { defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { broadcastOf, numeric } from './shared/elementwise.ts';
import { evaluateElementwise } from './shared/evaluate.ts';

/**
 * The remainder a − b·q of a division: q is rounded towards zero with fmod = 1 (the only form for floats), down
 * otherwise. q is piecewise constant and equals (a − y)/b:  da = ct,  db = −ct·(a − y)/b.
 */
export const mod = defineOperator({
  opType: 'Mod',
  arity: { inputs: [2, 2], outputs: [1, 1] },
  attributes: { fmod: 'int' },
  infer: (context) => {
    if (context.input(0).type === 'float32' && readInt(context.node, 'fmod', 0) !== 1) {
      throw new LoupeError('badGraph', 'a remainder of floats needs the attribute fmod = 1.');
    }
    return broadcastOf(...numeric)(context);
  },
  vjp: ({ b, ct, input, needs, output }) => {
    const { apply, div, mul, sub } = arithmetic(b);
    const quotient = (): string => div(sub(input(0), output(0)), input(1));
    return [ct, needs(1) ? apply('Neg', mul(ct, quotient())) : undefined];
  },
  evaluate: (inputs, node, outputs) => {
    const remainder = readInt(node, 'fmod', 0) === 1 ? truncated : floored;
    return evaluateElementwise(remainder)(inputs, node, outputs);
  },
  samples: [
    {
      title: 'floats',
      inputs: [
        { dims: [2, 3], range: [2.3, 2.7] },
        { dims: [3], range: [0.9, 1.1] },
      ],
      attributes: { fmod: int(1) },
    },
    { title: 'integers of both signs', inputs: [int64([7, -7, 7, -7]), int64([3, 3, -3, -3])] },
    {
      title: 'integers, towards zero',
      inputs: [int64([7, -7, 7, -7]), int64([3, 3, -3, -3])],
      attributes: { fmod: int(1) },
    },
  ],
});

const truncated = (a: number, b: number): number => a % b;
const floored = (a: number, b: number): number => a - b * Math.floor(a / b);
