import { LoupeError } from '../base/errors.ts';
import { sizeOf } from '../base/shape.ts';
import { readFloat, readInt } from '../graph/attributes.ts';
import { float, int } from '../graph/ir.ts';
import { defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import {
  channelSum,
  normalizationDefaults,
  perChannel,
  standardize,
  standardizeGradient,
} from './shared/normalization.ts';

/** y = γx̂ + β a channel, with x̂ standardized over each group of channels and all pixels (opset 21: γ, β of C values). */
export const groupNormalization = defineOperator({
  opType: 'GroupNormalization',
  arity: { inputs: [3, 3], outputs: [1, 1] },
  attributes: { epsilon: 'float', num_groups: 'int', stash_type: 'int' },
  infer: ({ input, node }) => {
    const [, channels = 0] = input(0).shape;
    const groups = readInt(node, 'num_groups');
    if (groups < 1 || channels % groups !== 0) {
      throw new LoupeError('badGraph', `its ${channels} channels do not divide into ${groups} groups.`);
    }
    if ([1, 2].every((index) => sizeOf(input(index).shape) === channels)) return [input(0)];
    throw new LoupeError('badGraph', `its scale and bias must have ${channels} values, one a channel.`);
  },
  vjp: ({ b, ct, input, needs, node }) => {
    const { mul } = arithmetic(b);
    const x = input(0);
    const shape = b.shapeOf(x);
    const groups = [shape[0] ?? 1, readInt(node, 'num_groups'), -1];
    const grouped = (name: string): string => b.add('Reshape', [name, b.axes(groups)]);
    const ungrouped = (name: string): string => b.add('Reshape', [name, b.axes(shape)]);
    const statistics = standardize(
      b,
      grouped(x),
      [2],
      readFloat(node, 'epsilon', normalizationDefaults.epsilon),
    );
    const g = grouped(mul(ct, perChannel(b, input(1), shape.length)));
    return [
      needs(0) ? ungrouped(standardizeGradient(b, g, statistics, [2])) : undefined,
      needs(1) ? channelSum(b, mul(ct, ungrouped(statistics.normalized))) : undefined,
      needs(2) ? channelSum(b, ct) : undefined,
    ];
  },
  samples: [
    {
      title: 'two groups of two channels',
      inputs: [{ dims: [2, 4, 2, 3] }, { dims: [4] }, { dims: [4] }],
      attributes: { num_groups: int(2) },
    },
    {
      title: 'one group, large epsilon',
      inputs: [{ dims: [2, 3, 4] }, { dims: [3] }, { dims: [3] }],
      attributes: { num_groups: int(1), epsilon: float(0.1) },
    },
  ],
});
