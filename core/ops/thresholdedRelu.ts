import { readFloat } from '../graph/attributes.ts';
import { float } from '../graph/ir.ts';
import { defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import { likeInput } from './shared/elementwise.ts';

/** y = x where x > α, else 0; dx = ct where x > α. */
export const thresholdedRelu = defineOperator({
  opType: 'ThresholdedRelu',
  attributes: { alpha: 'float' },
  infer: likeInput(),
  vjp: ({ b, ct, input, node }) => {
    const { greater, where } = arithmetic(b);
    return [where(greater(input(0), readFloat(node, 'alpha', 1)), ct, 0)];
  },
  samples: [
    {
      title: 'the default threshold',
      inputs: [{ dims: [3, 5], range: [-2, 2], avoid: { points: [1], margin: 0.1 } }],
    },
    {
      title: 'a negative threshold',
      inputs: [{ dims: [3, 5], avoid: { points: [-0.2], margin: 0.1 } }],
      attributes: { alpha: float(-0.2) },
    },
  ],
});
