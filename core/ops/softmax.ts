import { normalizeAxis } from '../base/shape.ts';
import { readInt } from '../graph/attributes.ts';
import { int } from '../graph/ir.ts';
import { defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { likeInput } from './shared/elementwise.ts';
import { sumOver } from './shared/reduce.ts';

/** y = e^x / Σ e^x along an axis (opset 13); dx = y·(ct − Σ ct·y). */
export const softmax = defineOperator({
  opType: 'Softmax',
  attributes: { axis: 'int' },
  infer: (context) => {
    normalizeAxis(readInt(context.node, 'axis', -1), context.input(0).shape.length);
    return likeInput()(context);
  },
  vjp: ({ b, ct, node, output }) => {
    const { mul, sub } = arithmetic(b);
    const axes = [normalizeAxis(readInt(node, 'axis', -1), b.shapeOf(ct).length)];
    return [mul(output(0), sub(ct, sumOver(b, mul(ct, output(0)), axes)))];
  },
  samples: [
    { title: 'the last axis', inputs: [{ dims: [2, 5], range: [-2, 2] }] },
    { title: 'the channels', inputs: [{ dims: [2, 3, 4], range: [-2, 2] }], attributes: { axis: int(1) } },
  ],
});
