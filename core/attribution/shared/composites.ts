import { type Composite, isRectifier } from '../../autodiff/composite.ts';
import { deconvnet, guidedBackprop } from '../../autodiff/rules/index.ts';
import type { AttributionContext } from '../define.ts';
import { LoupeError } from '../../base/errors.ts';
import { activations } from '../../model/layers.ts';

export const guided: Composite = [{ matches: isRectifier, rule: guidedBackprop }];
export const deconvolution: Composite = [{ matches: isRectifier, rule: deconvnet }];

/** Guided backprop and deconvnet are defined on ReLUs; without one they would quietly be the gradient. */
function requireRectifiers({ b, network }: AttributionContext, method: string): void {
  const { nodes } = network.graph;
  if (nodes.some((node) => isRectifier(node, b))) return;
  const found = [...new Set(nodes.map(({ opType }) => opType))].filter((opType) => activations.has(opType));
  const instead = found.length > 0 ? ` (it has ${found.join(', ')})` : '';
  throw new LoupeError(
    'unsupportedOperator',
    `${method} is defined on ReLU, and this network has none${instead}; it would only repeat the gradient.`,
  );
}

/** The score's signal at the image when rectifiers follow `composite`; refused where there are none. */
export function rectifiedSignal(context: AttributionContext, method: string, composite: Composite): string {
  requireRectifiers(context, method);
  const [signal = ''] = context.gradient([context.network.image], composite);
  return signal;
}
