import { readString } from '../../attributes.ts';
import { string } from '../../ir.ts';
import { type Normalisation, withAttribute } from './define.ts';

const names: Readonly<Record<string, string>> = { bilinear: 'linear', bicubic: 'cubic' };

/** Opset 20 left the "bi" away, because the operator samples volumes too since then. */
export const gridSample: Normalisation = {
  opTypes: ['GridSample'],
  before: 20,
  rewrite: (node) => {
    const mode = readString(node, 'mode', 'bilinear');
    return withAttribute(node, 'mode', string(names[mode] ?? mode));
  },
};
