import { shapesEqual } from '../../base/shape.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import type { Node } from '../../graph/ir.ts';
import type { Lowering } from './define.ts';

/** Where the scales change no length, the CPU copies but WebGPU resamples; a copy needs no node. */
function passOnUnchanged(node: Node, b: GraphBuilder): string[] | undefined {
  const [x = ''] = node.inputs;
  const [type] = b.infer(node);
  return type !== undefined && shapesEqual(type.shape, b.shapeOf(x)) ? [x] : undefined;
}

export const resize: Lowering = {
  opType: 'Resize',
  domain: '',
  cpu: passOnUnchanged,
  webgpu: passOnUnchanged,
};
