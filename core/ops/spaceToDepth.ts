import { LoupeError } from '../base/errors.ts';
import { readInt } from '../graph/attributes.ts';
import { int, string } from '../graph/ir.ts';
import { defineOperator } from './define.ts';

/** Moves blocks of space into channels, [N, C, H·s, W·s] → [N, s²·C, H, W]; dx = DepthToSpace (DCR) of ct. */
export const spaceToDepth = defineOperator({
  opType: 'SpaceToDepth',
  attributes: { blocksize: 'int' },
  infer: ({ node, input }) => {
    const { type, shape } = input(0);
    const size = readInt(node, 'blocksize');
    const [batch = 0, channels = 0, height = 0, width = 0] = shape;
    if (shape.length !== 4 || size < 1 || height % size !== 0 || width % size !== 0) {
      throw new LoupeError('badGraph', `the shape ${shape.join('x')} has no blocks of size ${size}.`);
    }
    return [{ type, shape: [batch, channels * size * size, height / size, width / size] }];
  },
  vjp: ({ b, ct, node }) => [
    b.add('DepthToSpace', [ct], { blocksize: int(readInt(node, 'blocksize')), mode: string('DCR') }),
  ],
  samples: [
    { title: 'blocks of two', inputs: [{ dims: [1, 2, 4, 6] }], attributes: { blocksize: int(2) } },
    { title: 'blocks of three', inputs: [{ dims: [2, 1, 3, 6] }], attributes: { blocksize: int(3) } },
  ],
});
