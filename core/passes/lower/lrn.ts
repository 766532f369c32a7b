import type { GraphBuilder } from '../../graph/builder.ts';
import type { Node } from '../../graph/ir.ts';
import { arithmetic } from '../../ops/shared/arithmetic.ts';
import { localDenominator, localResponseOf } from '../../ops/shared/localResponse.ts';
import type { Lowering } from './define.ts';

/** x·D^−β from pooling along the channels. */
function byPooling(node: Node, b: GraphBuilder): string[] {
  const [x = ''] = node.inputs;
  const { mul, pow } = arithmetic(b);
  const response = localResponseOf(node);
  return [mul(x, pow(localDenominator(b, x, response), -response.beta))];
}

/** WebGPU has no LRN; the CPU has it for odd windows. */
export const lrn: Lowering = {
  opType: 'LRN',
  domain: '',
  cpu: (node, b) => (localResponseOf(node).size % 2 === 0 ? byPooling(node, b) : undefined),
  webgpu: byPooling,
};
