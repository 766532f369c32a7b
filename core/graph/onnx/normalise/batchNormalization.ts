import { LoupeError } from '../../../base/errors.ts';
import { describeNode, readInt } from '../../attributes.ts';
import { int } from '../../ir.ts';
import { type Normalisation, without } from './define.ts';

/**
 * Before opset 14, training was asked for by naming more outputs than the first; the second and third were the
 * running statistics as today, and two more have no counterpart.
 */
export const batchNormalization: Normalisation = {
  opTypes: ['BatchNormalization'],
  before: 14,
  rewrite: (node, r) => {
    if (readInt(node, 'spatial', 1) === 0) {
      throw new LoupeError(
        'unsupportedOperator',
        `the ${describeNode(node)} has spatial=0, which ONNX gave up in opset 9. Export the model with a newer opset.`,
      );
    }
    const [, , , ...saved] = node.outputs;
    if (saved.some((name) => r.isUsed(name))) {
      throw new LoupeError(
        'unsupportedOperator',
        `the ${describeNode(node)} passes on saved statistics, which ONNX gave up in opset 14. Export the model for inference.`,
      );
    }
    const attributes = without(node.attributes, 'spatial', 'is_test');
    const isTraining = node.outputs.slice(1).some((name) => name !== '');
    if (!isTraining) return { ...node, outputs: node.outputs.slice(0, 1), attributes };
    return {
      ...node,
      outputs: node.outputs.slice(0, 3),
      attributes: { ...attributes, training_mode: int(1) },
    };
  },
};
