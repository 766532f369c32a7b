import { formatShape, shapesEqual } from '../../base/shape.ts';
import { expected } from '../../base/errors.ts';
import { describeNode } from '../../graph/attributes.ts';
import type { BackwardRule } from '../composite.ts';

/**
 * ct_in = ct: an operator that stays near its input (Round, Floor, Ceil, Sign, a quantization) is differentiated as if it
 * were the identity. Backward pass differentiable approximation with g(x) = x.
 */
export const straightThrough: BackwardRule = {
  id: 'straightThrough',
  title: 'Straight-through estimator',
  citation: 'Bengio et al. 2013 (straight-through estimator); Athalye et al. 2018, sec. 4.1 (BPDA)',
  vjp: ({ ct, input, node, shapeOf }) => {
    const [from, to] = [shapeOf(input(0)), shapeOf(ct)];
    if (shapesEqual(from, to)) return [ct];
    throw expected('badArgument', {
      wanted: `an output of its input's shape ${formatShape(from)}`,
      for: `the ${describeNode(node)} that gradients pass straight through`,
      received: formatShape(to),
    });
  },
};
