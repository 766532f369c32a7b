import { readInt } from '../../attributes.ts';
import { int } from '../../ir.ts';
import { type Normalisation, withAttribute } from './define.ts';

/**
 * Before opset 13 the axes from `axis` (1 unless told) on were taken together, as if the input had been
 * flattened there. Where that is the last axis alone, nothing changes; else flatten, softmax, reshape back.
 */
export const softmax: Normalisation = {
  opTypes: ['Softmax', 'LogSoftmax', 'Hardmax'],
  before: 13,
  rewrite: (node, r) => {
    const [x = ''] = node.inputs;
    const axis = readInt(node, 'axis', 1);
    const rank = r.rankOf(x);
    if (axis === -1 || (rank !== undefined && axis === rank - 1)) return withAttribute(node, 'axis', int(-1));
    const flat = r.emit('Flatten', [x], { axis: int(axis) });
    const result = r.emit(node.opType, [flat], { axis: int(-1) });
    return { ...node, opType: 'Reshape', inputs: [result, r.emit('Shape', [x])], attributes: {} };
  },
};
