import type { GraphBuilder } from '../graph/builder.ts';
import { inlineGraph } from '../graph/inline.ts';
import type { Network } from './network.ts';

/**
 * Puts `network` into `b` behind the value `image` [N, C, H, W] in pixels, which may be any computation: an interpolation
 * between images, a parameterization, a defence. Several networks can lie in one graph; each keeps its own names.
 */
export function embedNetwork(b: GraphBuilder, network: Network, image: string): Network {
  const { graph, current } = inlineGraph(b, network.graph, { [network.image]: image });
  return { ...network, graph, image, logits: current(network.logits) };
}
