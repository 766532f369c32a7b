import { expected } from '../../base/errors.ts';
import type { Layer } from '../../model/layers.ts';
import type { Network } from '../../model/network.ts';
import type { FeatureRun } from '../define.ts';
import { layersByResolution, mainLayers } from './mainLayers.ts';

/** The layers at which an image is compared with the content and with the styles: feature maps, each once. */
export interface ComparedLayers {
  readonly content: readonly Layer[];
  readonly style: readonly Layer[];
}

/** Layers as a person lists them, separated by commas; `auto` leaves the choice to `autoStyleLayers`. */
export interface LayerLists {
  readonly contentLayers: string;
  readonly styleLayers: string;
}

export function comparedLayers(
  { context, layer }: FeatureRun,
  { contentLayers, styleLayers }: LayerLists,
): ComparedLayers {
  const auto = autoStyleLayers(context.network());
  const named = (list: string, chosen: readonly string[]): Layer[] => {
    const references = list === 'auto' ? chosen : list.split(',').map((reference) => reference.trim());
    const found = references.map((reference) => featureMap(layer(reference)));
    return [...new Map(found.map((each) => [each.value, each])).values()];
  };
  return { content: named(contentLayers, auto.content), style: named(styleLayers, auto.style) };
}

function featureMap(layer: Layer): Layer {
  if (layer.shape.length === 4) return layer;
  throw expected('badArgument', {
    wanted: 'feature maps with height and width',
    for: 'the layers of a style transfer',
    received: `"${layer.name}"`,
  });
}

export const valuesOf = (layers: readonly Layer[]): string[] => layers.map(({ value }) => value);

/** How many layers the style is compared at where nobody says. */
const styleLayerCount = 5;

/**
 * The values that a style transfer compares where nobody says. Style: the first main layer of each resolution from the greatest down,
 * which in VGG are relu1_1 to relu5_1; where there are fewer than five resolutions, the second ones too, and so on (deep layers
 * alone see too much of what is in a picture and too little of how it is painted). Content: the second main layer of the last
 * resolution but one, relu4_2 in VGG, where details are gone but things are still in their places.
 *
 * A network without such maps gets `auto`, its last feature map, for both.
 */
export function autoStyleLayers(network: Network): { content: string[]; style: string[] } {
  const main = mainLayers(network);
  const groups = layersByResolution(main);
  const [late = main] = groups.length < 2 ? groups : groups.slice(-2);
  const content = late[1] ?? late[0];
  const byRank = main.map((layer) => ({ layer, rank: rankIn(groups, layer) }));
  const style = byRank.toSorted((a, b) => a.rank - b.rank).slice(0, styleLayerCount);
  const inOrder = main.filter((layer) => style.some((each) => each.layer === layer));
  return {
    content: [content?.value ?? 'auto'],
    style: inOrder.length === 0 ? ['auto'] : inOrder.map(({ value }) => value),
  };
}

/** 0 for the first of its resolution, 1 for the second … */
function rankIn(groups: readonly (readonly Layer[])[], layer: Layer): number {
  return Math.max(...groups.map((group) => group.indexOf(layer)));
}
