import { type Tensor, tensor } from '../../base/tensor.ts';
import type { HeatmapResult } from '../../protocol/results.ts';
import type { Attribution, AttributionDefinition } from '../define.ts';
import type { Reduction } from './heat.ts';

/** What `inputShaped` emits, for values that a loop has summed up: an attribution [C, H, W] with its map [H, W]. */
export function reducedMap(attribution: Tensor, reduction: Reduction): Tensor {
  const [channels = 1, height = 1, width = 1] = attribution.dims;
  const plane = height * width;
  const { data } = attribution;
  const map = new Float64Array(plane);
  for (let at = 0; at < channels * plane; at++) {
    const value = Number(data[at] ?? Number.NaN);
    const so = map[at % plane] ?? 0;
    map[at % plane] = reduction === 'signed' ? so + value : Math.max(so, Math.abs(value));
  }
  return tensor('float32', Float32Array.from(map), [height, width]);
}

/** A value a pixel [H, W] as an attribution: its one channel is the map. */
export function pixelMap(
  values: Float32Array,
  height: number,
  width: number,
): Pick<Attribution, 'attribution' | 'map'> {
  return {
    attribution: tensor('float32', values, [1, height, width]),
    map: tensor('float32', values, [height, width]),
  };
}

/** Time between two previews of one run. */
const previewMilliseconds = 500;

/** Makes the previews of a run from what it has so far: none at first, then at most two a second, since they are copied. */
export function previewsOf(
  method: Pick<AttributionDefinition, 'id' | 'title' | 'reading'>,
): (soFar: () => Attribution) => { readonly preview?: HeatmapResult } {
  let last = performance.now();
  return (soFar) => {
    const now = performance.now();
    if (now - last < previewMilliseconds) return {};
    last = now;
    const { attribution, map, signed } = soFar();
    const { id, title, reading } = method;
    return { preview: { type: 'heatmap', name: id, title, attribution, map, signed, reading } };
  };
}
