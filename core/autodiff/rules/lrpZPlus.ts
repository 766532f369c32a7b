import { readFloat } from '../../graph/attributes.ts';
import type { Node } from '../../graph/ir.ts';
import type { VjpContext } from '../../ops/define.ts';
import { arithmetic } from '../../ops/shared/arithmetic.ts';
import { isNonNegative } from '../../ops/shared/nonNegative.ts';
import type { BackwardRule } from '../composite.ts';
import { noRelevance, requireLinear } from './shared/linear.ts';
import { ownDerivative } from './shared/ownDerivative.ts';
import { type Sign, signedPart } from './shared/signedParts.ts';

/**
 * R_i = Σ_j (x_i w_ij)⁺/Σ_k (x_k w_kj)⁺ R_j for Conv, ConvTranspose, Gemm and MatMul: only what speaks for a unit gets
 * its relevance, and the bias none. With x⁺ = max(x, 0), x⁻ = min(x, 0) and likewise for W:
 *   z⁺ = W⁺x⁺ + W⁻x⁻,  s = y ⊙ ct/(z⁺ + ε),  ct_in = 1[x > 0] ⊙ W⁺ᵀs + 1[x ≤ 0] ⊙ W⁻ᵀs;
 * of an x that cannot be negative only the first halves are emitted.
 *
 * @param stabilizer ε > 0, in the unit of the layer's output.
 */
export const lrpZPlus = (stabilizer: number): BackwardRule => ({
  id: 'lrpZPlus',
  title: 'LRP-z⁺',
  citation: 'Bach et al. 2015, eq. 60 with α = 1, β = 0; Montavon et al. 2017 (z⁺-rule)',
  vjp: (context) => {
    requireLinear(context);
    const { b, ct, input, needs, node, output } = context;
    if (needs(2)) throw noRelevance(node, 'its bias depends on the image');
    const side = needs(0) ? 0 : 1;
    const [x, weights] = [input(side), input(1 - side)];
    const signs: readonly Sign[] = isNonNegative(b, x) ? ['positive'] : ['positive', 'negative'];
    const { add, div, greater, mul, where } = arithmetic(b);
    const terms = signs.map((sign) => {
      const w = signedPart(b, weights, signOfWeights(node, sign));
      const part = signs.length === 1 ? x : signedPart(b, x, sign);
      return { w, z: b.add(node.opType, factors(side, part, w), node.attributes) };
    });
    const total = terms.map(({ z }) => z).reduce((left, right) => add(left, right));
    const s = div(mul(output(0), ct), add(total, stabilizer));
    const [up, down] = terms.map(({ w }) => pulledBack(context, side, factors(side, x, w), s));
    const result = up === undefined || down === undefined ? up : where(greater(x, 0), up, down);
    return side === 0 ? [result] : [undefined, result];
  },
});

type Side = 0 | 1;

/** Gemm multiplies by α, whose sign the weights bear. */
function signOfWeights(node: Node, sign: Sign): Sign {
  const turned = node.opType === 'Gemm' && readFloat(node, 'alpha', 1) < 0;
  if (!turned) return sign;
  return sign === 'positive' ? 'negative' : 'positive';
}

const factors = (side: Side, x: string, w: string): [string, string] => (side === 0 ? [x, w] : [w, x]);

/** Wᵀs: the derivative of the same layer without its bias and with other weights. */
function pulledBack(
  context: VjpContext,
  side: Side,
  inputs: readonly [string, string],
  s: string,
): string | undefined {
  const layer: VjpContext = {
    ...context,
    node: { ...context.node, inputs },
    inputs,
    input: (index) => inputs[index === 0 ? 0 : 1],
    needs: (index) => index === side,
    constant: (index) => context.b.constantOf(inputs[index] ?? ''),
  };
  return ownDerivative(layer, s)[side];
}
