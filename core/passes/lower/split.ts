import { normalizeAxis } from '../../base/shape.ts';
import { readInt } from '../../graph/attributes.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import type { Node } from '../../graph/ir.ts';
import { slicedAxis } from '../../ops/shared/movement.ts';
import type { Lowering } from './define.ts';

/** A shader binds at most 10 or so buffers; WebGPU throws at 12 outputs on some devices, so leave room. */
const mostOutputs = 8;

function oneSliceAnOutput(node: Node, b: GraphBuilder): string[] | undefined {
  if (node.outputs.length <= mostOutputs) return undefined;
  const [x = ''] = node.inputs;
  const axis = normalizeAxis(readInt(node, 'axis', 0), b.shapeOf(x).length);
  let from = 0;
  return b.infer(node).map((type) => {
    const start = from;
    from += type?.shape[axis] ?? 0;
    return slicedAxis(b, x, axis, start, from);
  });
}

export const split: Lowering = { opType: 'Split', domain: '', webgpu: oneSliceAnOutput };
