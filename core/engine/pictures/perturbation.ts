import { expected } from '../../base/errors.ts';
import type { Picture } from '../../data/picture.ts';
import { formatNumber } from '../../base/formatNumber.ts';
import { paintTensor } from './image.ts';

/** A perturbation made visible. */
export interface MagnifiedPerturbation {
  readonly picture: Picture;
  /** How many finite numbers of delta are too large in magnitude to be shown. */
  readonly clipped: number;
  /** How many numbers are NaN or infinite (drawn as a magenta chequer). */
  readonly nonFinite: number;
  /** The same as sentences, for a figure's notes. */
  readonly note: string;
}

/**
 * Draws an attack's perturbation delta = x' − x, a tensor [C, H, W] of one or three channels in the unit of pixel space
 * [0, 1], as 0.5 + factor · delta: mid-grey means unchanged. What leaves [0, 1] is clipped to black or white and counted.
 *
 * @throws LoupeError badArgument for a factor that is not positive, or a delta of another size.
 */
export function magnifiedPerturbation(
  delta: Float32Array,
  width: number,
  height: number,
  channels: number,
  factor: number,
): MagnifiedPerturbation {
  if (!(factor > 0 && Number.isFinite(factor))) {
    throw expected('badArgument', {
      wanted: 'a positive number',
      for: 'the magnification of a perturbation',
      received: String(factor),
    });
  }
  const levelOf = (value: number): number => 255 * (0.5 + factor * value);
  const picture = paintTensor(delta, [channels, height, width], levelOf);
  let [clipped, nonFinite] = [0, 0];
  for (const value of delta) {
    if (!Number.isFinite(value)) nonFinite++;
    else if (leavesBytes(levelOf(value))) clipped++;
  }
  return { picture, clipped, nonFinite, note: noteOf({ factor, clipped, nonFinite, count: delta.length }) };
}

/** Judged after rounding, so that a float32 a hair beyond ±0.5 / factor does not count. */
function leavesBytes(level: number): boolean {
  const rounded = Math.round(level);
  return rounded < 0 || rounded > 255;
}

function noteOf(numbers: { factor: number; clipped: number; nonFinite: number; count: number }): string {
  const { factor, clipped, nonFinite, count } = numbers;
  const greatest = formatNumber(0.5 / factor);
  const clips =
    clipped === 0
      ? 'no value is clipped'
      : `${clipped} of ${count} values are clipped, their magnitude is beyond ${greatest}`;
  const broken =
    nonFinite === 0 ? '' : ` ${nonFinite} of ${count} values are no finite numbers: magenta chequer.`;
  return `Perturbation × ${formatNumber(factor)}: mid-grey is no change, black and white are ∓${greatest}; ${clips}.${broken}`;
}
