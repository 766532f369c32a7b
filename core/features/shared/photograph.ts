import type { Tensor } from '../../base/tensor.ts';
import { greyed, pixelTensor } from '../../data/fit.ts';
import type { Picture } from '../../data/picture.ts';
import { resample } from '../../data/resample.ts';

export interface Extent {
  readonly height: number;
  readonly width: number;
}

/** The extent of a picture whose longer side is `longest` pixels at most; its shape stays. */
export function extentWithin({ height, width }: Extent, longest: number): Extent {
  return scaledExtent({ height, width }, Math.min(1, longest / Math.max(height, width)));
}

export function scaledExtent({ height, width }: Extent, factor: number): Extent {
  return { height: Math.max(1, Math.round(height * factor)), width: Math.max(1, Math.round(width * factor)) };
}

/** A whole picture at a size of one's own choice, not what the card fits to the network: [1, channels, H, W] in [0, 1]. */
export function photograph(picture: Picture, channels: 1 | 3, { height, width }: Extent): Tensor {
  const sized = resample(picture, width, height);
  return pixelTensor(channels === 1 ? greyed(sized) : sized, channels);
}
