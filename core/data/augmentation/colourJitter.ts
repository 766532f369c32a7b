import { type AugmentationStep, type Frame, symmetric } from './frame.ts';

/**
 * Brightness, contrast and saturation, in this order (torchvision's ColorJitter with its operations in a fixed order): v ← f v,
 * v ← m + f (v − m) with m the image's mean grey, v ← g + f (v − g) with g the pixel's own grey; clipped to [0, 1] after each.
 */
export const colourJitter: AugmentationStep = (frame, { brightness, contrast, saturation }, random) => {
  // Drawn always, so that one of them does not change another's draw.
  const factors = [brightness, contrast, saturation].map((reach) => 1 + symmetric(random, reach));
  const [bright = 1, contrasting = 1, saturating = 1] = factors;
  if (brightness > 0) stretch(frame, bright, () => 0);
  if (contrast > 0) {
    const mean = meanGrey(frame);
    stretch(frame, contrasting, () => mean);
  }
  if (saturation > 0 && frame.shape[0] === 3) stretch(frame, saturating, (pixel) => greyAt(frame, pixel));
};

/** v ← a + f (v − a), where a is given for every pixel. */
function stretch(
  { shape: [channels, height, width], values }: Frame,
  factor: number,
  about: (pixel: number) => number,
): void {
  const plane = height * width;
  for (let pixel = 0; pixel < plane; pixel++) {
    const middle = about(pixel);
    for (let at = pixel; at < channels * plane; at += plane) {
      const value = middle + factor * ((values[at] ?? 0) - middle);
      values[at] = value < 0 ? 0 : value > 1 ? 1 : value;
    }
  }
}

/** ITU-R 601-2 luma of a colour image, the value of a grey one. */
function greyAt({ shape: [channels, height, width], values }: Frame, pixel: number): number {
  const plane = height * width;
  if (channels !== 3) return values[pixel] ?? 0;
  return (
    0.299 * (values[pixel] ?? 0) +
    0.587 * (values[pixel + plane] ?? 0) +
    0.114 * (values[pixel + 2 * plane] ?? 0)
  );
}

function meanGrey(frame: Frame): number {
  const plane = frame.shape[1] * frame.shape[2];
  let sum = 0;
  for (let pixel = 0; pixel < plane; pixel++) sum += greyAt(frame, pixel);
  return sum / plane;
}
