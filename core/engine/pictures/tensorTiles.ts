import { expected } from '../../base/errors.ts';
import { formatShape, sizeOf } from '../../base/shape.ts';
import type { Picture } from '../../data/picture.ts';
import { formatNumber } from '../../base/formatNumber.ts';
import { paintTensor } from './image.ts';
import { type MapScale, levelAbout, scaleOf } from '../../base/mapScale.ts';

/**
 * The filters of a convolution's weights [O, C, h, w] as O pictures of h × w pixels: in colour for C = 3, in grey for C = 1. Zero
 * is mid-grey, and all filters share the symmetric scale of `weightScale`, so that their strengths can be compared.
 *
 * @throws LoupeError badArgument for other numbers of input channels: those have no colours.
 */
export function weightTiles(
  weights: Float32Array,
  shape: readonly [number, number, number, number],
): Picture[] {
  const [filters, channels, height, width] = shape;
  if (channels !== 1 && channels !== 3) {
    throw expected('badArgument', {
      wanted: 'one input channel (grey) or three (RGB)',
      for: 'weights to draw as pictures',
      received: `the shape ${formatShape(shape)}`,
      advice: 'Choose a convolution that reads the picture itself, usually the first, or a depthwise one.',
    });
  }
  if (weights.length !== sizeOf(shape)) {
    throw expected('badArgument', {
      wanted: `${sizeOf(shape)} values`,
      for: `weights of shape ${formatShape(shape)}`,
      received: `${weights.length}`,
    });
  }
  const scale = weightScale(weights);
  const size = channels * height * width;
  return Array.from({ length: filters }, (_, filter) =>
    paintTensor(weights.subarray(filter * size, (filter + 1) * size), [channels, height, width], (weight) =>
      levelAbout(weight, scale),
    ),
  );
}

/** The scale that all tiles share: symmetric about zero, its ends at the 99.5th percentile of the magnitudes. */
export function weightScale(weights: Float32Array): MapScale {
  return scaleOf({ width: weights.length, height: 1, values: weights, signed: true });
}

/** What a reader must know to read the tiles, as a sentence. */
export function weightNote(weights: Float32Array): string {
  const { high, beyond, nonFinite } = weightScale(weights);
  if (high === 0) return 'All weights are zero.';
  const count = weights.length;
  const clipped = beyond === 0 ? '' : ` ${beyond} of ${count} weights lie beyond.`;
  const broken = nonFinite === 0 ? '' : ` ${nonFinite} of ${count} are no finite numbers: magenta chequer.`;
  return `Zero is mid-grey, black and white are ∓${formatNumber(high)} in every filter.${clipped}${broken}`;
}
