import { float32, int64 } from '../../../base/tensor.ts';
import { readFloat, readInts } from '../../attributes.ts';
import { type Normalisation, without } from './define.ts';

/** Pads and value became inputs in opset 11. */
export const pad: Normalisation = {
  opTypes: ['Pad'],
  before: 11,
  rewrite: (node, r) => {
    const pads = r.constant(int64(readInts(node, 'pads')));
    const value = r.constant(float32([readFloat(node, 'value', 0)], []));
    const attributes = without(node.attributes, 'pads', 'value');
    return { ...node, inputs: [node.inputs[0] ?? '', pads, value], attributes };
  },
};
