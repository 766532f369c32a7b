import { sizeOf } from '../../base/shape.ts';
import { tensor } from '../../base/tensor.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import type { Node } from '../../graph/ir.ts';
import type { Lowering } from './define.ts';

/** At inference Dropout passes its input on and its mask is all true; neither needs a node. */
function passOn(node: Node, b: GraphBuilder): string[] {
  const [x = ''] = node.inputs;
  if ((node.outputs[1] ?? '') === '') return [x];
  const shape = b.shapeOf(x);
  return [x, b.constant(tensor('bool', new Uint8Array(sizeOf(shape)).fill(1), shape), 'mask')];
}

export const dropout: Lowering = { opType: 'Dropout', domain: '', cpu: passOn, webgpu: passOn };
