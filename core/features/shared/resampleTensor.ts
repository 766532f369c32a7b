import { type Tensor, floatsOf, tensor } from '../../base/tensor.ts';
import type { Extent } from './photograph.ts';

/** For every output sample: the first input sample, how many, and their weights, which sum to 1. */
interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly weights: Float64Array;
  readonly width: number;
}

/**
 * Bilinear resizing of numbers [N, C, H, W], antialiased where it shrinks: a triangle of half-width max(1, scale) about
 * the centre (x + 0.5) · scale of each output sample, as `resample` does it for pictures of 8 bits. A constant stays constant.
 */
export function resampleTensor(source: Tensor, { height, width }: Extent): Tensor {
  const [batch = 1, channels = 1, oldHeight = 1, oldWidth = 1] = source.dims;
  const planes = batch * channels;
  const across = tapsOf(oldWidth, width);
  const down = tapsOf(oldHeight, height);
  const rows = new Float32Array(planes * oldHeight * width);
  const data = floatsOf(source);
  for (let row = 0; row < planes * oldHeight; row++) {
    for (let x = 0; x < width; x++) {
      rows[row * width + x] = weighed(data, row * oldWidth, 1, across, x);
    }
  }
  const result = new Float32Array(planes * height * width);
  for (let plane = 0; plane < planes; plane++) {
    for (let y = 0; y < height; y++) {
      const to = (plane * height + y) * width;
      for (let x = 0; x < width; x++) {
        result[to + x] = weighed(rows, plane * oldHeight * width + x, width, down, y);
      }
    }
  }
  return tensor('float32', result, [batch, channels, height, width]);
}

function weighed(source: Float32Array, start: number, stride: number, taps: Taps, index: number): number {
  const { first, count, weights, width } = taps;
  let from = start + (first[index] ?? 0) * stride;
  let sum = 0;
  for (let tap = 0; tap < (count[index] ?? 0); tap++, from += stride) {
    sum += (source[from] ?? 0) * (weights[index * width + tap] ?? 0);
  }
  return sum;
}

function tapsOf(from: number, to: number): Taps {
  const scale = from / to;
  const support = Math.max(1, scale);
  const width = Math.ceil(support) * 2 + 1;
  const [first, count] = [new Int32Array(to), new Int32Array(to)];
  const weights = new Float64Array(to * width);
  for (let index = 0; index < to; index++) {
    const centre = (index + 0.5) * scale - 0.5;
    const begin = Math.max(0, Math.ceil(centre - support));
    const end = Math.min(from - 1, Math.floor(centre + support));
    const triangle = Array.from({ length: end - begin + 1 }, (_, tap) =>
      Math.max(0, 1 - Math.abs(begin + tap - centre) / support),
    );
    const total = triangle.reduce((sum, weight) => sum + weight, 0);
    first[index] = begin;
    count[index] = triangle.length;
    triangle.forEach((weight, tap) => {
      weights[index * width + tap] = weight / total;
    });
  }
  return { first, count, weights, width };
}
