import { sceneSchema } from '../../../core/data/scenes/params.ts';
import type { Scene } from '../../../core/data/scenes/scene.ts';

export const paramsOf = (given: object = {}) => sceneSchema.parse(given);
export const indices = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** Pixels in which two scenes differ in any channel. */
export function differing(a: Scene, b: Scene): number[] {
  const plane = a.object.length;
  return indices(plane).filter((pixel) =>
    [0, 1, 2].some((channel) => a.image[channel * plane + pixel] !== b.image[channel * plane + pixel]),
  );
}
