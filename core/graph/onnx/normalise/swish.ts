import { float32 } from '../../../base/tensor.ts';
import { readFloat } from '../../attributes.ts';
import type { Normalisation } from './define.ts';

/** Opset 24: y = x · sigmoid(alpha · x). */
export const swish: Normalisation = {
  opTypes: ['Swish'],
  rewrite: (node, r) => {
    const [x = ''] = node.inputs;
    const alpha = readFloat(node, 'alpha', 1);
    const scaled = alpha === 1 ? x : r.emit('Mul', [x, r.constant(float32([alpha], []))]);
    return { ...node, opType: 'Mul', inputs: [x, r.emit('Sigmoid', [scaled])], attributes: {} };
  },
};
