import { sizeOf } from '../../base/shape.ts';
import type { Tensor } from '../../base/tensor.ts';
import { readInt } from '../attributes.ts';
import type { Node } from '../ir.ts';

/** What a rank rule sees: ranks of the inputs, and the constants among them. */
interface RankContext {
  readonly node: Node;
  readonly ranks: readonly (number | undefined)[];
  readonly constant: (index: number) => Tensor | undefined;
}

type RankRule = (context: RankContext) => number | undefined;

const asFirst: RankRule = ({ ranks }) => ranks[0];

const broadcast: RankRule = ({ ranks }) =>
  ranks.every((rank) => rank !== undefined) ? Math.max(...ranks) : undefined;

/** Squeeze and Unsqueeze change the rank by the number of their axes. */
const byAxes =
  (sign: 1 | -1): RankRule =>
  ({ ranks: [rank], constant }) => {
    const axes = constant(1);
    return rank === undefined || axes === undefined ? undefined : rank + sign * (axes.dims[0] ?? 1);
  };

const reduced: RankRule = ({ node, ranks: [rank], constant }) => {
  if (readInt(node, 'keepdims', 1) === 1 || rank === undefined) return rank;
  const axes = constant(1);
  return axes === undefined ? undefined : rank - sizeOf(axes.dims);
};

const ruleNames: readonly (readonly [RankRule, string])[] = [
  [() => 2, 'Flatten Gemm'],
  [() => 1, 'Shape'],
  [({ constant }) => constant(1)?.dims[0], 'Reshape'],
  [byAxes(1), 'Unsqueeze'],
  [byAxes(-1), 'Squeeze'],
  [broadcast, 'Add Sub Mul Div Pow Min Max Sum Mean'],
  [reduced, 'ReduceMean ReduceSum ReduceMax ReduceMin ReduceL1 ReduceL2 ReduceLogSumExp ReduceProd'],
  // The kernel has the rank of the image.
  [({ ranks }) => ranks[0] ?? ranks[1], 'Conv ConvTranspose MatMul'],
  [
    asFirst,
    'Relu LeakyRelu PRelu Elu Selu Celu Sigmoid HardSigmoid HardSwish Tanh Softplus Softsign Erf Gelu Mish Clip',
  ],
  [
    asFirst,
    'Exp Log Sqrt Reciprocal Abs Neg Softmax LogSoftmax Identity Cast Dropout Transpose Concat Slice Pad Resize',
  ],
  [asFirst, 'MaxPool AveragePool GlobalMaxPool GlobalAveragePool LRN DepthToSpace SpaceToDepth Tile'],
  [asFirst, 'BatchNormalization InstanceNormalization LayerNormalization GroupNormalization'],
];

const rules = new Map(
  ruleNames.flatMap(([rule, names]) => names.split(' ').map((name) => [name, rule] as const)),
);

/** Rank of the first output of a canonical node, where it follows from the ranks of its inputs. */
export function rankAfter(
  node: Node,
  rankOf: (name: string) => number | undefined,
  constantOf: (name: string) => Tensor | undefined,
): number | undefined {
  const rule = node.domain === '' ? rules.get(node.opType) : undefined;
  return rule?.({
    node,
    ranks: node.inputs.map(rankOf),
    constant: (index) => constantOf(node.inputs[index] ?? ''),
  });
}
