import type { BackwardRule } from '../composite.ts';
import { gateOf } from './shared/gate.ts';
import { noRelevance, requireLinear } from './shared/linear.ts';
import { ownDerivative } from './shared/ownDerivative.ts';

/**
 * A product y = x ⊙ g of a signal and a gate: R_x = R_y and R_g = 0, so ct_x = ct ⊙ g. Multiplying or dividing by what does
 * not depend on the image is the same with a constant gate; no sum can cancel there, so nothing needs a stabilizer.
 */
export const lrpSignalTakeAll: BackwardRule = {
  id: 'lrpSignalTakeAll',
  title: 'LRP, signal takes all',
  citation: 'Arras et al. 2019 (signal-take-all)',
  vjp: (context) => {
    const { b, ct, input, needs, node } = context;
    if (node.opType !== 'Mul' || !needs(0) || !needs(1)) {
      requireLinear(context);
      return ownDerivative(context, ct);
    }
    const gate = gateOf(b, node);
    if (gate === undefined) {
      throw noRelevance(
        node,
        'it multiplies two values that both depend on the image, and it is not the case that one of them comes from a Sigmoid or HardSigmoid, which would make it the gate',
      );
    }
    const signal = b.add('Mul', [ct, input(gate)]);
    return gate === 1 ? [signal] : [undefined, signal];
  },
};
