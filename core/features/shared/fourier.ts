import { float32 } from '../../base/tensor.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import { ints } from '../../graph/ir.ts';
import type { Extent } from './photograph.ts';

/** Frequencies along the width that a real picture needs: the rest are their conjugates. */
export const halfWidth = (width: number): number => Math.floor(width / 2) + 1;

/**
 * Emits the inverse real DFT of `spectrum` [N, C, 2H, K], K = ⌊W/2⌋ + 1: rows 0 … H−1 are the real parts S′ and rows H … 2H−1 the
 * imaginary parts S″ of the coefficients, as NumPy's `irfft2` takes them. The result is [N, C, H, W]:
 *   x[y, j] = Σ_k w_k Re(e^{2πi jk/W} Σ_l S[l, k] e^{2πi yl/H}) / (HW),   w_k = 1 where k is 0 or W/2, else 2.
 * With c = cos and s = sin of the angles along an axis it is two products with constant matrices,
 *   [P; Q] = [[c, −s], [s, c]] [S′; S″],   x = [P Q] [w c; −w s] / (HW).
 * At 128² they cost 13 million multiply-adds a picture, a hundredth of a small network; every operator has its gradient.
 */
export function inverseRealDft(b: GraphBuilder, spectrum: string, { height, width }: Extent): string {
  const [batch = 1, channels = 1] = b.shapeOf(spectrum);
  const half = halfWidth(width);
  const columns = b.add('MatMul', [b.constant(columnMatrix(height), 'dftColumns'), spectrum]);
  const split = b.add('Reshape', [columns, b.axes([batch, channels, 2, height, half])]);
  const beside = b.add('Transpose', [split], { perm: ints([0, 1, 3, 2, 4]) });
  const rows = b.add('Reshape', [beside, b.axes([batch, channels, height, 2 * half])]);
  return b.add('MatMul', [rows, b.constant(rowMatrix({ height, width }), 'dftRows')]);
}

/** [[c, −s], [s, c]], [2H, 2H]. */
function columnMatrix(height: number) {
  const side = 2 * height;
  const values = new Float64Array(side * side);
  for (let y = 0; y < height; y++) {
    for (let l = 0; l < height; l++) {
      // Whole turns are taken off first, so that the angle is exact.
      const angle = (2 * Math.PI * ((y * l) % height)) / height;
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      values[y * side + l] = c;
      values[y * side + height + l] = -s;
      values[(height + y) * side + l] = s;
      values[(height + y) * side + height + l] = c;
    }
  }
  return float32(values, [side, side]);
}

/** [w c; −w s] / (HW), [2K, W]. */
function rowMatrix({ height, width }: Extent) {
  const half = halfWidth(width);
  const values = new Float64Array(2 * half * width);
  for (let k = 0; k < half; k++) {
    const weight = (k === 0 || 2 * k === width ? 1 : 2) / (height * width);
    for (let j = 0; j < width; j++) {
      const angle = (2 * Math.PI * ((j * k) % width)) / width;
      values[k * width + j] = weight * Math.cos(angle);
      values[(half + k) * width + j] = -weight * Math.sin(angle);
    }
  }
  return float32(values, [2 * half, width]);
}

/**
 * √(HW) / max(f, 1/max(H, W)) at the frequency f of each coefficient, in cycles a pixel: [2H, K], the same for both parts. A spectrum
 * of white noise so scaled has about the power of photographs at every frequency, and one step of Adam moves all of them alike.
 */
export function frequencyScale({ height, width }: Extent) {
  const half = halfWidth(width);
  const values = new Float64Array(2 * height * half);
  for (let row = 0; row < 2 * height; row++) {
    const l = row % height;
    const vertical = (2 * l < height ? l : l - height) / height;
    for (let k = 0; k < half; k++) {
      const frequency = Math.hypot(vertical, k / width);
      const scale = Math.sqrt(height * width) / Math.max(frequency, 1 / Math.max(height, width));
      values[row * half + k] = scale;
    }
  }
  return float32(values, [2 * height, half]);
}
