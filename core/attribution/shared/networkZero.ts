import { LoupeError } from '../../base/errors.ts';
import { numbersOf } from '../../base/tensor.ts';
import type { Network } from '../../model/network.ts';

/**
 * The pixel values that preprocessing maps to zero, one a channel in the image's order: the colour that the network calls
 * nothing, usually the mean of its training images. From v = x · scale + shift it is −shift/scale.
 */
export function networkZero({ graph, image }: Network): number[] {
  const nodeOf = (name: string) => graph.nodes.find((node) => node.name === `preprocessing/${name}`);
  const constantOf = (name: string): number[] => {
    const value = graph.constants.get(nodeOf(name)?.inputs[1] ?? '');
    if (value === undefined) {
      throw new LoupeError('internal', `The preprocessing's ${name} has no constant in this network.`);
    }
    return numbersOf(value);
  };
  const channels = graph.types.get(image)?.shape[1] ?? 1;
  if (nodeOf('Mul') === undefined) return Array.from({ length: channels }, () => 0);
  const [scale, shift] = [constantOf('Mul'), constantOf('Add')];
  // Preprocessing gathers channel order[k] of the image as channel k of the network.
  const order = nodeOf('Gather') === undefined ? scale.map((_, k) => k) : constantOf('Gather');
  return Array.from({ length: channels }, (_, channel) => {
    const k = order.indexOf(channel);
    return -(shift[k] ?? 0) / (scale[k] ?? 1);
  });
}
