import { LoupeError } from '../base/errors.ts';
import { formatShape } from '../base/shape.ts';
import { float32, floatsOf } from '../base/tensor.ts';
import { readFloat, readInt } from '../graph/attributes.ts';
import { type Node, float, int } from '../graph/ir.ts';
import { type ShapeContext, type VjpContext, defineOperator } from './define.ts';
import { arithmetic } from './shared/arithmetic.ts';
import {
  type BatchStatistics,
  batchStatistics,
  channelSum,
  normalizationDefaults,
  perChannel,
  perChannelShape,
} from './shared/normalization.ts';

const vector = { dims: [3] };
const variance = { dims: [3], range: [0.5, 1.5] } as const;
const training = { training_mode: int(1), momentum: float(0.8) };

/**
 * y = γ(x − μ)r + β a channel, r = (σ² + ε)^(−1/2), where μ and σ² are inputs, or in training mode those of the
 * batch; then the 2nd and 3rd output are m·(running) + (1 − m)·(batch), with the variance over all n elements.
 */
export const batchNormalization = defineOperator({
  opType: 'BatchNormalization',
  arity: { inputs: [5, 5], outputs: [1, 3] },
  attributes: { epsilon: 'float', momentum: 'float', training_mode: 'int' },
  infer: (context) => {
    [1, 2, 3, 4].forEach((index) => requireVector(context, index));
    const [x, mean, spread] = [context.input(0), context.input(3), context.input(4)];
    return isTraining(context.node) ? [x, mean, spread] : [x];
  },
  vjp: (context) => (isTraining(context.node) ? trainingRule(context) : inferenceRule(context)),
  samples: [
    { title: 'inference', inputs: [{ dims: [2, 3, 2, 2] }, vector, vector, vector, variance] },
    {
      title: 'inference with constants, large epsilon',
      inputs: [
        { dims: [2, 3, 4] },
        float32([0.5, -1, 2]),
        float32([0.1, 0.2, 0.3]),
        float32([0, 0.5, -0.5]),
        float32([1, 0.3, 2]),
      ],
      attributes: { epsilon: float(0.1) },
    },
    {
      title: 'training',
      inputs: [{ dims: [2, 3, 2, 3] }, vector, vector, vector, variance],
      attributes: training,
      outputs: 3,
    },
  ],
});

function isTraining(node: Node): boolean {
  return readInt(node, 'training_mode', 0) === 1;
}

function requireVector({ input }: ShapeContext, index: number): void {
  const channels = input(0).shape[1];
  const { shape } = input(index);
  if (channels !== undefined && shape.length === 1 && shape[0] === channels) return;
  throw new LoupeError(
    'badGraph',
    `its input number ${index + 1} has the shape ${formatShape(shape)}, but x of shape ${formatShape(input(0).shape)} needs one value a channel.`,
  );
}

/**
 * With s = γr:  dx = ct·s,  dγ = r·Σ ct(x − μ),  dβ = Σ ct,  dμ = −s·Σ ct,  dσ² = −½·s·r²·Σ ct(x − μ);
 * the sums run over everything but the channels.
 */
function inferenceRule(context: VjpContext): (string | undefined)[] {
  const { b, ct, input, needs, node } = context;
  const rank = b.shapeOf(input(0)).length;
  const dx = needs(0) ? b.add('Mul', [ct, factorOf(context)]) : undefined;
  if (![1, 2, 3, 4].some(needs)) return [dx];

  const { add, apply, mul, sub } = arithmetic(b);
  const r = apply(
    'Reciprocal',
    apply('Sqrt', add(input(4), readFloat(node, 'epsilon', normalizationDefaults.epsilon))),
  );
  const s = mul(input(1), r);
  const total = channelSum(b, ct);
  const moment = channelSum(b, mul(ct, sub(input(0), perChannel(b, input(3), rank))));
  return [dx, mul(r, moment), total, apply('Neg', mul(s, total)), mul(mul(mul(s, mul(r, r)), moment), -0.5)];
}

/** s = γ/√(σ² + ε) as [1, C, 1, …], as a constant if the parameters are constants. */
function factorOf({ b, constant, input, node }: VjpContext): string {
  const epsilon = readFloat(node, 'epsilon', normalizationDefaults.epsilon);
  const rank = b.shapeOf(input(0)).length;
  const [gamma, spread] = [constant(1), constant(4)];
  if (gamma !== undefined && spread !== undefined) {
    const sigma2 = floatsOf(spread);
    const factors = floatsOf(gamma).map(
      (value, channel) => value / Math.sqrt((sigma2[channel] ?? 0) + epsilon),
    );
    return b.constant(float32(factors, perChannelShape(factors.length, rank)), `${node.name}/factor`);
  }
  const { add, apply, div } = arithmetic(b);
  return perChannel(b, div(input(1), apply('Sqrt', add(input(4), epsilon))), rank);
}

function trainingRule(context: VjpContext): (string | undefined)[] {
  const { b, cts, input, node } = context;
  const { add, mul, sub } = arithmetic(b);
  const x = input(0);
  const rank = b.shapeOf(x).length;
  const momentum = readFloat(node, 'momentum', normalizationDefaults.momentum);
  const epsilon = readFloat(node, 'epsilon', normalizationDefaults.epsilon);
  const statistics = batchStatistics(b, x, epsilon);
  const [ct, meanCt, varianceCt] = cts;
  const normalized = ct === undefined ? undefined : normalizedGradient(context, ct, statistics);
  const terms = normalized === undefined ? [] : [normalized.x];
  // The running statistics: d(batch mean) = Σ dx/n and d(batch variance) = Σ 2(x − μ)dx/n.
  const share = (1 - momentum) / statistics.count;
  if (meanCt !== undefined)
    terms.push(b.add('Expand', [perChannel(b, mul(meanCt, share), rank), b.axes(b.shapeOf(x))]));
  if (varianceCt !== undefined) {
    const centred = sub(x, perChannel(b, statistics.mean, rank));
    terms.push(mul(centred, perChannel(b, mul(varianceCt, 2 * share), rank)));
  }
  return [
    terms.reduce((left, right) => add(left, right)),
    normalized?.scale,
    normalized?.bias,
    meanCt === undefined ? undefined : mul(meanCt, momentum),
    varianceCt === undefined ? undefined : mul(varianceCt, momentum),
  ];
}

/**
 * With n elements a channel, dβ = Σ ct and dγ = Σ ct·x̂ = r(Σ ct·x − μ Σ ct), and with a = γr:
 *   dx = a(ct − dβ/n − x̂·dγ/n) = a·ct + c·x + d,  c = −a·r·dγ/n,  d = −a·dβ/n − c·μ.
 */
function normalizedGradient(
  { b, input }: VjpContext,
  ct: string,
  { mean, inverse, count }: BatchStatistics,
): { x: string; scale: string; bias: string } {
  const { add, mul, sub } = arithmetic(b);
  const x = input(0);
  const channel = (vector: string): string => perChannel(b, vector, b.shapeOf(x).length);
  const bias = channelSum(b, ct);
  const scale = mul(inverse, sub(channelSum(b, mul(ct, x)), mul(mean, bias)));
  const factor = mul(input(1), inverse);
  const slope = mul(mul(factor, inverse), mul(scale, -1 / count));
  const shift = sub(mul(mul(factor, bias), -1 / count), mul(slope, mean));
  const sloped = add(mul(ct, channel(factor)), mul(x, channel(slope)));
  return { x: add(sloped, channel(shift)), scale, bias };
}
