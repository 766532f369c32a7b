import { LoupeError } from '../base/errors.ts';
import { normalizeAxis } from '../base/shape.ts';
import { readInt } from '../graph/attributes.ts';
import { int } from '../graph/ir.ts';
import { defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { likeInput } from './shared/elementwise.ts';
import { sumOver } from './shared/reduce.ts';

const x = { dims: [2, 3, 4], avoid: { points: [0], margin: 0.1 } };

/**
 * y = x/n with the norm n = ‖x‖_p along an axis. As dn = Σ s·dx with s = sign(x) for p = 1 and y for p = 2,
 *   dx = (ct − s·Σ ct·y)/n, which is 0 where n = 0.
 */
export const lpNormalization = defineOperator({
  opType: 'LpNormalization',
  attributes: { axis: 'int', p: 'int' },
  infer: (context) => {
    const p = readInt(context.node, 'p', 2);
    if (p !== 1 && p !== 2) throw new LoupeError('badGraph', `its norm p is ${p}, not 1 or 2.`);
    normalizeAxis(readInt(context.node, 'axis', -1), context.input(0).shape.length);
    return likeInput()(context);
  },
  vjp: ({ b, ct, input, node, output }) => {
    const { apply, div, equal, mul, sub, where } = arithmetic(b);
    const axis = normalizeAxis(readInt(node, 'axis', -1), b.shapeOf(ct).length);
    const first = readInt(node, 'p', 2) === 1;
    const norm = b.add(first ? 'ReduceL1' : 'ReduceL2', [input(0), b.axes([axis])]);
    const isZero = equal(norm, 0);
    const direction = first ? apply('Sign', input(0)) : output(0);
    const projected = mul(direction, sumOver(b, mul(ct, output(0)), [axis]));
    return [where(isZero, 0, div(sub(ct, projected), where(isZero, 1, norm)))];
  },
  samples: [
    { title: 'Euclidean', inputs: [x] },
    { title: 'absolute values, the channels', inputs: [x], attributes: { axis: int(1), p: int(1) } },
  ],
});
