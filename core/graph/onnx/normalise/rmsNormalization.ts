import { LoupeError } from '../../../base/errors.ts';
import { normalizeAxis } from '../../../base/shape.ts';
import { float32, int64 } from '../../../base/tensor.ts';
import { describeNode, readFloat, readInt } from '../../attributes.ts';
import { type Node, int } from '../../ir.ts';
import type { Normalisation, Rewriter } from './define.ts';

/** Opset 23: y = scale · x / √(mean(x²) + epsilon), the mean over the axes from `axis` to the last. */
export const rmsNormalization: Normalisation = {
  opTypes: ['RMSNormalization'],
  rewrite: (node, r) => {
    const [x = '', scale = ''] = node.inputs;
    const axes = r.constant(int64(lastAxes(node, r)));
    const square = r.emit('Mul', [x, x]);
    const mean = r.emit('ReduceMean', [square, axes], { keepdims: int(1) });
    const epsilon = r.constant(float32([readFloat(node, 'epsilon', 1e-5)], []));
    const root = r.emit('Sqrt', [r.emit('Add', [mean, epsilon])]);
    return { ...node, opType: 'Mul', inputs: [r.emit('Div', [x, root]), scale], attributes: {} };
  },
};

/** The axes counted from the end, which needs no rank where `axis` is counted so. */
function lastAxes(node: Node, r: Rewriter): number[] {
  const axis = readInt(node, 'axis', -1);
  const rank = r.rankOf(node.inputs[0] ?? '');
  if (axis >= 0 && rank === undefined) {
    throw new LoupeError(
      'unsupportedOperator',
      `the ${describeNode(node)} counts its axis from the front of a tensor whose rank is not known. Export the model with shapes.`,
    );
  }
  const count = axis < 0 ? -axis : (rank ?? 0) - normalizeAxis(axis, rank ?? 0);
  if (count > 32)
    throw new LoupeError('badGraph', `the ${describeNode(node)} has the axis ${axis}, which does not exist.`);
  return Array.from({ length: count }, (_, index) => index - count);
}
