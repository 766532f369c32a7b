import { float32 } from '../../../base/tensor.ts';
import { readFloat } from '../../attributes.ts';
import { type Normalisation, withInput, without } from './define.ts';

/** The ratio became an input in opset 12; before it there was no training mode, so it only says what training did. */
export const dropout: Normalisation = {
  opTypes: ['Dropout'],
  before: 12,
  rewrite: (node, r) => {
    const ratio = r.constant(float32([readFloat(node, 'ratio', 0.5)], []));
    return withInput({ ...node, attributes: without(node.attributes, 'ratio', 'is_test') }, 1, ratio);
  },
};
