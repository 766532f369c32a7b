import { int64 } from '../../../base/tensor.ts';
import { readInt } from '../../attributes.ts';
import { type Normalisation, withInput, without } from './define.ts';

/** The count became an input in opset 10. */
export const topK: Normalisation = {
  opTypes: ['TopK'],
  before: 10,
  rewrite: (node, r) =>
    withInput(
      { ...node, attributes: without(node.attributes, 'k') },
      1,
      r.constant(int64([readInt(node, 'k')])),
    ),
};
