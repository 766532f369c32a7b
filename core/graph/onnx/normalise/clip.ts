import { float32 } from '../../../base/tensor.ts';
import { readFloat } from '../../attributes.ts';
import { type Normalisation, trimmed, without } from './define.ts';

/** The bounds became inputs in opset 11. */
export const clip: Normalisation = {
  opTypes: ['Clip'],
  before: 11,
  rewrite: (node, r) => {
    const bound = (name: string): string =>
      name in node.attributes ? r.constant(float32([readFloat(node, name)], [])) : '';
    const inputs = [node.inputs[0] ?? '', bound('min'), bound('max')];
    return trimmed({ ...node, inputs, attributes: without(node.attributes, 'min', 'max') });
  },
};
