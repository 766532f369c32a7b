import { numbersOf } from '../../base/tensor.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import { type Node, float, loupeDomain } from '../../graph/ir.ts';
import { arithmetic } from '../../ops/shared/arithmetic.ts';
import type { Lowering } from './define.ts';

/** Bounds beyond this are no bounds: exporters write the largest float or infinity for "none". */
const beyond = 1e30;

/**
 * 1[min < y < max] = HardSigmoid((y − min)(max − y); alpha 1e30), exact but within 1e-30 of a bound. On the CPU,
 * HardSigmoid and Mul stay in the blocked layout of the convolutions around them, where comparisons do not.
 */
function hardSigmoidMask(node: Node, b: GraphBuilder): readonly string[] | undefined {
  const [y = '', min = '', max = '', ct = ''] = node.inputs;
  const low = min === '' ? Number.NEGATIVE_INFINITY : knownBound(b, min);
  const high = max === '' ? Number.POSITIVE_INFINITY : knownBound(b, max);
  if (low === undefined || high === undefined) return comparisonMask(node, b);
  const { mul, sub } = arithmetic(b);
  const margins: string[] = [];
  if (low > -beyond) margins.push(low === 0 ? y : sub(y, low));
  if (high < beyond) margins.push(sub(high, y));
  if (margins.length === 0) return [ct];
  const inside = margins.reduce((left, right) => mul(left, right));
  const mask = b.add('HardSigmoid', [inside], { alpha: float(1e30), beta: float(0) }, { name: 'mask' });
  return [b.add('Mul', [ct, mask], {}, { name: node.name })];
}

/** The value of a constant bound; undefined if it is computed. */
function knownBound(b: GraphBuilder, name: string): number | undefined {
  const constant = b.constantOf(name);
  return constant === undefined ? undefined : numbersOf(constant)[0];
}

/** One Where a bound. */
function comparisonMask(node: Node, b: GraphBuilder): string[] {
  const [y = '', min = '', max = '', ct = ''] = node.inputs;
  const { greater, less, where } = arithmetic(b);
  const above = min === '' ? ct : where(greater(y, min), ct, 0);
  return [max === '' ? above : where(less(y, max), above, 0)];
}

export const clipGrad: Lowering = {
  opType: 'ClipGrad',
  domain: loupeDomain,
  cpu: hardSigmoidMask,
  webgpu: comparisonMask,
};
