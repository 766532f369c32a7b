import { LoupeError } from '../base/errors.ts';
import { readFloat } from '../graph/attributes.ts';
import { float } from '../graph/ir.ts';
import { defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import {
  channelSum,
  normalizationDefaults,
  perChannel,
  standardize,
  standardizeGradient,
} from './shared/normalization.ts';

const vector = { dims: [3] };

/** y = γx̂ + β with x̂ standardized over the pixels of each example and channel. */
export const instanceNormalization = defineOperator({
  opType: 'InstanceNormalization',
  arity: { inputs: [3, 3], outputs: [1, 1] },
  attributes: { epsilon: 'float' },
  infer: ({ input }) => {
    const [, channels, ...pixels] = input(0).shape;
    const fits = [1, 2].every(
      (index) => input(index).shape.length === 1 && input(index).shape[0] === channels,
    );
    if (fits && pixels.length > 0) return [input(0)];
    throw new LoupeError('badGraph', 'it needs a tensor [N, C, …pixels] and one scale and bias a channel.');
  },
  vjp: ({ b, ct, input, needs, node }) => {
    const { mul } = arithmetic(b);
    const x = input(0);
    const rank = b.shapeOf(x).length;
    const axes = Array.from({ length: rank - 2 }, (_, axis) => axis + 2);
    const statistics = standardize(b, x, axes, readFloat(node, 'epsilon', normalizationDefaults.epsilon));
    const g = mul(ct, perChannel(b, input(1), rank));
    return [
      needs(0) ? standardizeGradient(b, g, statistics, axes) : undefined,
      needs(1) ? channelSum(b, mul(ct, statistics.normalized)) : undefined,
      needs(2) ? channelSum(b, ct) : undefined,
    ];
  },
  samples: [
    { title: 'images', inputs: [{ dims: [2, 3, 2, 4] }, vector, vector] },
    {
      title: 'sequences, large epsilon',
      inputs: [{ dims: [2, 3, 5] }, vector, vector],
      attributes: { epsilon: float(0.1) },
    },
  ],
});
