import { readFloat } from '../graph/attributes.ts';
import { float, loupeDomain } from '../graph/ir.ts';
import { defineOperator } from './define.ts';
import { likeInput } from './shared/elementwise.ts';
import { arithmetic } from './shared/arithmetic.ts';

/** y = αx + β cut to [0, 1]; dx = α·ct where 0 < y < 1. */
export const hardSigmoid = defineOperator({
  opType: 'HardSigmoid',
  attributes: { alpha: 'float', beta: 'float' },
  infer: likeInput(),
  vjp: ({ b, ct, node, output }) => {
    const { mul } = arithmetic(b);
    const scaled = mul(ct, readFloat(node, 'alpha', 0.2));
    const mask = [output(0), b.scalar(0), b.scalar(1)];
    return [b.add('ClipGrad', [...mask, scaled], {}, { domain: loupeDomain })];
  },
  samples: [
    {
      title: 'the defaults',
      inputs: [{ dims: [3, 5], range: [-4, 4], avoid: { points: [-2.5, 2.5], margin: 0.2 } }],
    },
    {
      title: 'steeper, off centre',
      inputs: [{ dims: [3, 5], avoid: { points: [-0.15, 0.35], margin: 0.05 } }],
      attributes: { alpha: float(2), beta: float(0.3) },
    },
  ],
});
