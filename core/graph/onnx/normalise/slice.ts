import { int64 } from '../../../base/tensor.ts';
import { readInts } from '../../attributes.ts';
import { type Normalisation, trimmed, without } from './define.ts';

/** Starts, ends and axes became inputs in opset 10. */
export const slice: Normalisation = {
  opTypes: ['Slice'],
  before: 10,
  rewrite: (node, r) => {
    const vector = (name: string): string => r.constant(int64(readInts(node, name)));
    const axes = 'axes' in node.attributes ? vector('axes') : '';
    const inputs = [node.inputs[0] ?? '', vector('starts'), vector('ends'), axes];
    return trimmed({ ...node, inputs, attributes: without(node.attributes, 'starts', 'ends', 'axes') });
  },
};
