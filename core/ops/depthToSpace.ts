import { LoupeError } from '../base/errors.ts';
import { readInt, readString } from '../graph/attributes.ts';
import { type Node, type ValueType, int, string } from '../graph/ir.ts';
import { type ShapeContext, type VjpContext, defineOperator } from './define.ts';
import { permuted, reshaped } from './shared/movement.ts';

/**
 * Moves blocks of channels into space, [N, C·s², H, W] → [N, C, H·s, W·s]; the block index lies before
 * (mode DCR) or behind (CRD) the channel. A permutation, so dx is its inverse.
 */
export const depthToSpace = defineOperator({
  opType: 'DepthToSpace',
  attributes: { blocksize: 'int', mode: 'string' },
  infer,
  vjp: (context) => {
    const { b, ct, node } = context;
    const mode = readString(node, 'mode', 'DCR');
    return [
      mode === 'CRD'
        ? spaceToDepthCrd(context)
        : b.add('SpaceToDepth', [ct], { blocksize: int(readInt(node, 'blocksize')) }),
    ];
  },
  samples: [
    { title: 'DCR', inputs: [{ dims: [1, 8, 2, 3] }], attributes: { blocksize: int(2) } },
    {
      title: 'CRD',
      inputs: [{ dims: [1, 8, 2, 3] }],
      attributes: { blocksize: int(2), mode: string('CRD') },
    },
    {
      title: 'blocks of three',
      inputs: [{ dims: [1, 9, 2, 1] }],
      attributes: { blocksize: int(3), mode: string('DCR') },
    },
  ],
});

function infer({ node, input }: ShapeContext): ValueType[] {
  const { type, shape } = input(0);
  const size = blockSizeOf(node);
  const [batch = 0, depth = 0, height = 0, width = 0] = shape;
  if (shape.length !== 4 || depth % (size * size) !== 0) {
    throw new LoupeError(
      'badGraph',
      `the shape ${shape.join('x')} has no ${size * size} blocks of channels.`,
    );
  }
  return [{ type, shape: [batch, depth / (size * size), height * size, width * size] }];
}

function blockSizeOf(node: Node): number {
  const size = readInt(node, 'blocksize');
  if (size >= 1) return size;
  throw new LoupeError('badGraph', `its blocksize is ${size}.`);
}

/** [N, C, H·s, W·s] → [N, C, H, s, W, s] → [N, C, s, s, H, W] → [N, C·s², H, W]. */
function spaceToDepthCrd({ b, ct, node, input, shapeOf }: VjpContext): string {
  const size = blockSizeOf(node);
  const [batch = 0, depth = 0, height = 0, width = 0] = shapeOf(input(0));
  const blocks = reshaped(b, ct, [batch, depth / (size * size), height, size, width, size]);
  return reshaped(b, permuted(b, blocks, [0, 1, 3, 5, 2, 4]), [batch, depth, height, width]);
}
