import { LoupeError } from '../../../base/errors.ts';
import { describeNode, readInt } from '../../../graph/attributes.ts';
import type { Node } from '../../../graph/ir.ts';
import type { VjpContext } from '../../../ops/define.ts';
import { ownDerivative } from './ownDerivative.ts';
import { keptShare } from './stabilizer.ts';

/** The sentence for an operator that relevance cannot pass. */
export function noRelevance(node: Node, reason: string): LoupeError {
  return new LoupeError(
    'unsupportedOperator',
    `Relevance cannot be propagated through the ${describeNode(node)}: ${reason}. Input × gradient (inputXGradient) and Grad-CAM (gradCam) need no rule for it.`,
  );
}

/** Linear in all inputs together. */
const sums = new Set(['Add', 'Sub', 'Sum', 'Mean']);

/** Linear in each factor; how many of the inputs are factors (the others are terms). */
const products = new Map([
  ['Conv', 2],
  ['ConvTranspose', 2],
  ['Gemm', 2],
  ['MatMul', 2],
  ['Mul', 2],
  ['Einsum', Number.POSITIVE_INFINITY],
]);

/** Refuses a layer that is not linear in those of its inputs that depend on the image. */
export function requireLinear({ node, needs }: VjpContext): void {
  if (sums.has(node.opType)) return;
  const factors = products.get(node.opType);
  const active = node.inputs.map((_, index) => index).filter(needs);
  if (factors !== undefined) {
    if (active.filter((index) => index < factors).length <= 1) return;
    throw noRelevance(node, 'it multiplies two values that both depend on the image');
  }
  if (node.opType === 'BatchNormalization' && readInt(node, 'training_mode', 0) !== 0)
    throw noRelevance(node, 'it normalizes by the statistics of the batch');
  if (active.every((index) => index === 0)) return;
  const what = node.opType === 'Div' ? 'it divides by a value' : 'it has a parameter';
  throw noRelevance(node, `${what} that depends on the image`);
}

/** ct_in = Jᵀ(ct ⊙ z/(z + ε·sign z)), z the layer's output. */
export function epsilonCotangents(context: VjpContext, stabilizer: number): readonly (string | undefined)[] {
  requireLinear(context);
  const { b, ct, output } = context;
  return ownDerivative(context, b.add('Mul', [ct, keptShare(b, output(0), stabilizer)]));
}
