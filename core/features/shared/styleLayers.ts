import type { Layer } from '../../model/layers.ts';
import type { Network } from '../../model/network.ts';
import { layersByResolution, mainLayers } from './mainLayers.ts';

/** How many layers the style is compared at. */
const styleLayers = 5;

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
  const style = byRank.toSorted((a, b) => a.rank - b.rank).slice(0, styleLayers);
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
