import { numbersOf } from '../../base/tensor.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import { type Node, float, loupeDomain } from '../../graph/ir.ts';
import { arithmetic } from '../../ops/shared/arithmetic.ts';
import type { Lowering } from './define.ts';

/** Bounds beyond this are no bounds: exporters write the largest float or infinity for "none". */
const beyond = 1e30;

/** A power of two, so that scaling is exact; any two float32 numbers of a network then differ by more than 1. */
const steepness = 2 ** 100;

/** Bounds up to this stay finite when they are scaled. */
const scalable = 2 ** 27;

/**
 * 1[min < y] · 1[y < max], each a HardSigmoid(±2¹⁰⁰ (y − bound)): exact but within 1e-30 of a bound. On the CPU,
 * HardSigmoid and Mul stay in the blocked layout of the convolutions around them, where comparisons and Sub do not.
 */
function hardSigmoidMasks(node: Node, b: GraphBuilder): readonly string[] | undefined {
  const [y = '', min = '', max = '', ct = ''] = node.inputs;
  const low = min === '' ? Number.NEGATIVE_INFINITY : knownBound(b, min);
  const high = max === '' ? Number.POSITIVE_INFINITY : knownBound(b, max);
  if (low === undefined || high === undefined) return comparisonMask(node, b);
  if ([low, high].some((bound) => Math.abs(bound) > scalable && Math.abs(bound) < beyond)) {
    return comparisonMask(node, b);
  }
  const masks: string[] = [];
  const mask = (slope: number, bound: number): string => {
    const attributes = { alpha: float(slope), beta: float(bound === 0 ? 0 : -slope * bound) };
    return b.add('HardSigmoid', [y], attributes, { name: 'mask' });
  };
  if (low > -beyond) masks.push(mask(steepness, low));
  if (high < beyond) masks.push(mask(-steepness, high));
  return [masks.reduce((left, right) => b.add('Mul', [left, right], {}, { name: node.name }), ct)];
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
  cpu: hardSigmoidMasks,
  webgpu: comparisonMask,
};
