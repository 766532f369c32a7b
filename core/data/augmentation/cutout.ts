import type { AugmentationStep } from './frame.ts';

/**
 * Fills a square about a random pixel, cut at the border (DeVries and Taylor 2017). Their fill is the mean of normalised data; here it is the middle
 * of the range, since normalisation is a part of the network.
 */
export const cutout: AugmentationStep = ({ shape, values }, { cutout: side }, random) => {
  if (side === 0) return;
  const [channels, height, width] = shape;
  const [top, left] = [random.integer(height), random.integer(width)].map(
    (middle) => middle - Math.floor(side / 2),
  );
  if (top === undefined || left === undefined) return;
  const from = Math.max(0, left);
  const to = Math.min(width, left + side);
  for (let channel = 0; channel < channels; channel++) {
    for (let y = Math.max(0, top); y < Math.min(height, top + side); y++) {
      const row = (channel * height + y) * width;
      values.fill(0.5, row + from, row + to);
    }
  }
};
