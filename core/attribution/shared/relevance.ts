import type { Composite } from '../../autodiff/composite.ts';
import { LoupeError } from '../../base/errors.ts';
import { numbersOf } from '../../base/tensor.ts';
import { int } from '../../graph/ir.ts';
import { numberIn } from '../../method/params.ts';
import type { AttributionContext } from '../define.ts';

export const stabilizer = () =>
  numberIn([1e-12, 10], 1e-6, {
    title: 'Stabilizer',
    description:
      'ε, added to what relevance is divided by, in the unit of each layer; a larger one takes more of what cancels out',
  });

/**
 * R = v ⊙ ct [N, C, H, W] at v, the normalized image that the network's first layer gets: there, what is left of
 * relevance sums to the score, and v = 0 (the mean colour) has none. In pixels it would be counted from black. The channels are in
 * the image's order. Without preprocessing v is the image.
 */
export function relevanceAtInput(
  { network, b, gradient }: Pick<AttributionContext, 'network' | 'b' | 'gradient'>,
  composite: Composite,
): string {
  const nodeOf = (name: string) => network.graph.nodes.find((node) => node.name === `preprocessing/${name}`);
  const value = nodeOf('Add')?.outputs[0] ?? network.image;
  const [cotangent = ''] = gradient([value], composite);
  const relevance = b.add('Mul', [value, cotangent], {}, { name: 'relevance' });
  const gather = nodeOf('Gather');
  if (gather === undefined) return relevance;
  const order = b.constantOf(gather.inputs[1] ?? '');
  if (order === undefined)
    throw new LoupeError('internal', 'The order of the colours is not a constant of this network.');
  const channels = numbersOf(order);
  const back = channels.map((_, channel) => channels.indexOf(channel));
  return b.add('Gather', [relevance, b.axes(back)], { axis: int(1) });
}
