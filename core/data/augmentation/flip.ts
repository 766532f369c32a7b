import type { AugmentationStep } from './frame.ts';

/** Mirrors left and right with probability one half. */
export const flip: AugmentationStep = ({ shape, values }, { flip: isOn }, random) => {
  if (!isOn || random.uniform() < 0.5) return;
  const [channels, height, width] = shape;
  for (let start = 0; start < channels * height * width; start += width) {
    values.subarray(start, start + width).reverse();
  }
};
