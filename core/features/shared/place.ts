import type { Composite } from '../../autodiff/composite.ts';
import { LoupeError } from '../../base/errors.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import { inlineGraph } from '../../graph/inline.ts';
import type { MethodContext } from '../../method/context.ts';
import { embedNetwork } from '../../model/embed.ts';
import { type Layer, resolveLayer } from '../../model/layers.ts';
import { logProbabilities } from '../../model/objective.ts';
import { trunkOf } from '../../model/trunk.ts';
import { beforeActivation } from './beforeActivation.ts';
import type { Extent } from './photograph.ts';

/** Where in the network objectives are read. */
export type Place =
  | { readonly kind: 'layer'; readonly layer: Layer }
  | { readonly kind: 'logits' }
  | { readonly kind: 'logProbabilities' };

/** A place in a builder, behind pictures. */
export interface PlacedValue {
  /** As the network computes it: [N, C, h, w], or [N, C] of dense layers and classes. */
  readonly computed: string;
  /** Without the rectifiers that it directly comes from. */
  readonly unrectified: string;
  /** A feature map of the same depth, or the last one before the classes. */
  readonly features: () => string;
  /** Backward rules that every gradient takes first. */
  readonly rules: Composite;
}

/** Emits the network up to `place` behind `pictures` [N, C, H, W] in [0, 1], whose size must be one of `extentAt`. */
export function emitPlace(
  b: GraphBuilder,
  context: MethodContext,
  place: Place,
  pictures: string,
): PlacedValue {
  const [batch = 1, , height = 1, width = 1] = b.shapeOf(pictures);
  if (place.kind === 'layer') {
    const trunk = trunkOf(context.model, [place.layer.value], { batch, height, width });
    const { current } = inlineGraph(b, trunk.graph, { [trunk.image]: pictures });
    const computed = current(place.layer.value);
    const unrectified = beforeActivation(b, computed);
    return { computed, unrectified, features: () => computed, rules: [] };
  }
  const network = embedNetwork(b, context.network(batch), pictures);
  const computed = place.kind === 'logits' ? network.logits : logProbabilities(b, network);
  const features = (): string => resolveLayer(network, 'auto').value;
  return { computed, unrectified: computed, features, rules: network.rules ?? [] };
}

/** Sizes at which a place can be had. */
export interface PlaceExtents {
  readonly picture: Extent;
  /** What the network sees of it after random transforms. */
  readonly canvas: Extent;
  /** Why it is not the size that was wanted, a sentence. */
  readonly note: string | undefined;
}

/**
 * The sizes wanted for a picture and its canvas if the network up to `place` can work on both, else the network's own size for both: a
 * class, a dense layer, or a layer of a transformer exists at one size only.
 */
export function extentsAt(
  { model }: MethodContext,
  place: Place,
  wanted: { readonly picture: Extent; readonly canvas: Extent },
): PlaceExtents {
  const { height, width } = model.card.input;
  const own = { picture: { height, width }, canvas: { height, width } };
  if (place.kind !== 'layer') return { ...own, note: undefined };
  try {
    for (const extent of [wanted.picture, wanted.canvas]) {
      trunkOf(model, [place.layer.value], { batch: 1, ...extent });
    }
    return { ...wanted, note: undefined };
  } catch (error) {
    if (!(error instanceof LoupeError) || error.code === 'internal') throw error;
    const { picture } = wanted;
    const note = `The network up to ${place.layer.name} works at its own size only, so the pictures have ${width}x${height} pixels instead of ${picture.width}x${picture.height}.`;
    return { ...own, note };
  }
}
