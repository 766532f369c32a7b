import { type AugmentationStep, type Frame, reflected, symmetric, toScratch } from './frame.ts';

/**
 * Turns by up to `rotation` degrees and scales by 1 ± `scale` about the centre, in one bilinear step, so that the image is
 * blurred once. The value at p is the image's at c + R(−θ)(p − c)/s.
 */
export const turnAndScale: AugmentationStep = (frame, { rotation, scale, border }, random) => {
  if (rotation === 0 && scale === 0) return;
  const angle = (symmetric(random, rotation) * Math.PI) / 180;
  const factor = 1 + symmetric(random, scale);
  const [cosine, sine] = [Math.cos(angle) / factor, Math.sin(angle) / factor];
  const source = toScratch(frame);
  const [channels, height, width] = frame.shape;
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
  const taps = { offsets: new Int32Array(4), weights: new Float64Array(4) };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [dx, dy] = [x - middleX, y - middleY];
      tapsAt(middleX + cosine * dx + sine * dy, middleY - sine * dx + cosine * dy, frame, border, taps);
      for (let channel = 0; channel < channels; channel++) {
        const plane = channel * height * width;
        let sum = 0;
        for (let tap = 0; tap < 4; tap++) {
          sum += (taps.weights[tap] ?? 0) * (source[plane + (taps.offsets[tap] ?? 0)] ?? 0);
        }
        frame.values[plane + y * width + x] = sum;
      }
    }
  }
};

/** Offsets in a plane of the four pixels about (x, y), and their weights; outside, weights are 0 or pixels are mirrored. */
function tapsAt(
  x: number,
  y: number,
  { shape: [, height, width] }: Pick<Frame, 'shape'>,
  border: 'zero' | 'reflect',
  { offsets, weights }: { offsets: Int32Array; weights: Float64Array },
): void {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [right, below] = [x - left, y - top];
  for (let tap = 0; tap < 4; tap++) {
    const [column, row] = [left + (tap & 1), top + (tap >> 1)];
    const weight = ((tap & 1) === 1 ? right : 1 - right) * (tap >> 1 === 1 ? below : 1 - below);
    const isInside = column >= 0 && column < width && row >= 0 && row < height;
    weights[tap] = isInside || border === 'reflect' ? weight : 0;
    offsets[tap] = isInside
      ? row * width + column
      : reflected(row, height) * width + reflected(column, width);
  }
}
