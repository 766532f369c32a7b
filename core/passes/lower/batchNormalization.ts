import { readFloat, readInt } from '../../graph/attributes.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import type { Node } from '../../graph/ir.ts';
import { arithmetic } from '../../ops/shared/arithmetic.ts';
import { batchStatistics, normalizationDefaults, perChannel } from '../../ops/shared/normalization.ts';
import type { Lowering } from './define.ts';

/**
 * Training mode by single operators: WebGPU refuses it at run time, and on the CPU the operator runs on one
 * thread. The backward pass computes the same statistics, which are then shared.
 */
function training(node: Node, b: GraphBuilder): readonly string[] | undefined {
  if (readInt(node, 'training_mode', 0) !== 1) return undefined;
  const [x = '', scale = '', bias = '', mean = '', variance = ''] = node.inputs;
  const { add, mul, sub } = arithmetic(b);
  const rank = b.shapeOf(x).length;
  const epsilon = readFloat(node, 'epsilon', normalizationDefaults.epsilon);
  const batch = batchStatistics(b, x, epsilon);
  const factor = mul(scale, batch.inverse);
  const shift = sub(bias, mul(batch.mean, factor));
  const y = add(mul(x, perChannel(b, factor, rank)), perChannel(b, shift, rank));
  const momentum = readFloat(node, 'momentum', normalizationDefaults.momentum);
  const running = (old: string, now: string): string => add(mul(old, momentum), mul(now, 1 - momentum));
  const wanted = (index: number): boolean => (node.outputs[index] ?? '') !== '';
  return [y, wanted(1) ? running(mean, batch.mean) : '', wanted(2) ? running(variance, batch.variance) : ''];
}

export const batchNormalization: Lowering = {
  opType: 'BatchNormalization',
  domain: '',
  cpu: training,
  webgpu: training,
};
