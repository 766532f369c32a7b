import type { LayerInfo } from '../../core/protocol/workbench.ts';
import { api } from '../client.ts';
import { Cache } from './cache.ts';
import { type Loaded, useLoaded } from './useLoaded.ts';

const known = new Cache<LayerInfo[]>(16);

/** The layers of a model that a person would choose, from the input to the output. */
export function useModelLayers(model: string | undefined): Loaded<LayerInfo[]> {
  return useLoaded(model, () => known.get(model ?? '', () => api.models.layers({ model: model ?? '' })));
}
