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

/** The CPU has LRN for images and odd windows only. */
function onCpu(node: Node, b: GraphBuilder): string[] | undefined {
  const isImage = b.shapeOf(node.inputs[0] ?? '').length === 4;
  return isImage && localResponseOf(node).size % 2 === 1 ? undefined : byPooling(node, b);
}

/** WebGPU has no LRN at all. */
export const lrn: Lowering = {
  opType: 'LRN',
  domain: '',
  cpu: onCpu,
  webgpu: byPooling,
};
