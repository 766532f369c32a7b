import { readInt } from '../../graph/attributes.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import type { Node } from '../../graph/ir.ts';
import { permuted, reshaped } from '../../ops/shared/movement.ts';
import type { Lowering } from './define.ts';

/**
 * [N, C, H·s, W·s] → [N, C, H, s, W, s] → [N, s, s, C, H, W] → [N, s²·C, H, W]: WebGPU has no SpaceToDepth and
 * would copy to the CPU and back.
 */
function viewsAndTranspose(node: Node, b: GraphBuilder): string[] {
  const [x = ''] = node.inputs;
  const size = readInt(node, 'blocksize');
  const [batch = 0, channels = 0, height = 0, width = 0] = b.shapeOf(x);
  const [rows, columns] = [height / size, width / size];
  const blocks = reshaped(b, x, [batch, channels, rows, size, columns, size]);
  return [
    reshaped(b, permuted(b, blocks, [0, 3, 5, 1, 2, 4]), [batch, size * size * channels, rows, columns]),
  ];
}

export const spaceToDepth: Lowering = { opType: 'SpaceToDepth', domain: '', webgpu: viewsAndTranspose };
