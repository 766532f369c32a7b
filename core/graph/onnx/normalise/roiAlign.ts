import { string } from '../../ir.ts';
import { type Normalisation, withAttribute } from './define.ts';

/** Opset 16 moved the grid by half a pixel and kept the old one under a name. */
export const roiAlign: Normalisation = {
  opTypes: ['RoiAlign'],
  before: 16,
  rewrite: (node) => withAttribute(node, 'coordinate_transformation_mode', string('output_half_pixel')),
};
