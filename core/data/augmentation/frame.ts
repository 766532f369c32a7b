import type { Random } from '../../base/random.ts';
import type { ImageShape } from '../dataSet.ts';
import type { Augmentation } from './schema.ts';

/** An image that is worked on. */
export interface Frame {
  readonly shape: ImageShape;
  /** [C, H, W] in [0, 1]. */
  readonly values: Float32Array;
  /** Of the same size; its content means nothing between steps. */
  readonly scratch: Float32Array;
}

/** Changes a frame in place. `random` is the step's own: it is the same whatever the other steps do. */
export type AugmentationStep = (frame: Frame, augmentation: Augmentation, random: Random) => void;

/** Moves the values to the scratch, from where a step writes them back changed. */
export function toScratch({ values, scratch }: Frame): Float32Array {
  scratch.set(values);
  return scratch;
}

/** Uniform in [−reach, reach]. */
export const symmetric = (random: Random, reach: number): number => reach * (2 * random.uniform() - 1);

/** `position` mirrored into 0 … size − 1 without repeating the edge (NumPy's "reflect"). */
export function reflected(position: number, size: number): number {
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const inside = ((position % period) + period) % period;
  return inside < size ? inside : period - inside;
}
