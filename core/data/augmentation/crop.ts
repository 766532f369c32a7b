import { type AugmentationStep, reflected, toScratch } from './frame.ts';

/**
 * Pads by `crop` pixels and cuts out the old size at one of (2 crop + 1)² places (Krizhevsky 2012; He et al. 2016, sec. 4.2), which is to move
 * the image by up to `crop` pixels.
 */
export const crop: AugmentationStep = (frame, { crop: padding, border }, random) => {
  if (padding === 0) return;
  const [channels, height, width] = frame.shape;
  const down = random.integer(2 * padding + 1) - padding;
  const across = random.integer(2 * padding + 1) - padding;
  const source = toScratch(frame);
  const { values } = frame;
  if (border === 'zero') values.fill(0);
  const [left, right] = [Math.max(0, -across), Math.min(width, width - across)];
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < height; y++) {
      const to = (channel * height + y) * width;
      const sourceY = border === 'zero' ? y + down : reflected(y + down, height);
      if (sourceY < 0 || sourceY >= height) continue;
      const from = (channel * height + sourceY) * width;
      for (let x = left; x < right; x++) values[to + x] = source[from + x + across] ?? 0;
      if (border === 'zero') continue;
      for (let x = 0; x < left; x++) values[to + x] = source[from + reflected(x + across, width)] ?? 0;
      for (let x = right; x < width; x++) values[to + x] = source[from + reflected(x + across, width)] ?? 0;
    }
  }
};
