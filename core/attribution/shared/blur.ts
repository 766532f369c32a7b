import { type Tensor, floatsOf, tensor } from '../../base/tensor.ts';

/** Standard deviations after which a Gaussian is cut off. */
const reach = 4;

/**
 * Row i holds the weights with which a Gaussian blur mixes place i of an axis from its neighbours: [length, length]. Rows sum
 * to 1, so that the border neither darkens nor brightens.
 */
export function blurMatrix(length: number, sigma: number): Float64Array {
  const matrix = new Float64Array(length * length);
  const radius = Math.ceil(reach * sigma);
  for (let i = 0; i < length; i++) {
    const [first, last] = [Math.max(0, i - radius), Math.min(length - 1, i + radius)];
    let sum = 0;
    for (let j = first; j <= last; j++) sum += Math.exp(-(((i - j) / sigma) ** 2) / 2);
    for (let j = first; j <= last; j++) {
      matrix[i * length + j] = Math.exp(-(((i - j) / sigma) ** 2) / 2) / sum;
    }
  }
  return matrix;
}

/** Images [N, C, H, W], blurred by a Gaussian of `sigma` pixels. */
export function blurred(images: Tensor, sigma: number): Tensor {
  const [, , height = 1, width = 1] = images.dims;
  const plane = height * width;
  const source = floatsOf(images);
  const result = new Float32Array(source.length);
  const [rows, columns] = [blurMatrix(height, sigma), blurMatrix(width, sigma)];
  for (let start = 0; start < source.length; start += plane) {
    const across = mixed(source.subarray(start, start + plane), columns, {
      lines: height,
      step: 1,
      skip: width,
    });
    const both = mixed(across, rows, { lines: width, step: width, skip: 1 });
    result.set(both, start);
  }
  return tensor('float32', result, images.dims);
}

interface Lines {
  readonly lines: number;
  /** From a place of a line to the next, and from a line to the next. */
  readonly step: number;
  readonly skip: number;
}

/** Σ_j matrix[i, j] · values[j] along each line. */
function mixed(values: ArrayLike<number>, matrix: Float64Array, { lines, step, skip }: Lines): Float64Array {
  const length = Math.sqrt(matrix.length);
  const result = new Float64Array(values.length);
  for (let i = 0; i < length; i++) {
    for (let j = 0; j < length; j++) {
      const weight = matrix[i * length + j] ?? 0;
      if (weight === 0) continue;
      for (let line = 0; line < lines; line++) {
        const start = line * skip;
        const to = start + i * step;
        result[to] = (result[to] ?? 0) + weight * (values[start + j * step] ?? 0);
      }
    }
  }
  return result;
}
