import { z } from 'zod';
import { type BuiltNetwork, type InputShape, buildNetwork } from '../../nn/buildNetwork.ts';
import { chain } from '../../nn/layers/composition.ts';
import { flatten } from '../../nn/layers/linear.ts';
import type { Layer, NetworkOptions } from '../../nn/networkBuilder.ts';

/** A network of a lesson's own: layers that end in [N, outputs]. */
export function pictureNetwork(input: InputShape, layer: Layer, options: NetworkOptions): BuiltNetwork {
  const definition = { id: 'lesson', params: z.object({}), input: () => input, build: () => layer };
  return buildNetwork(definition, {}, options);
}

/** Layers on vectors of `width` numbers, [N, width] → [N, outputs]. The network takes them as [N, width, 1, 1]. */
export function vectorNetwork(width: number, layer: Layer, options: NetworkOptions): BuiltNetwork {
  return pictureNetwork({ channels: width, height: 1, width: 1 }, chain(flatten, layer), options);
}
