import type { Picture } from './picture.ts';

/** Fixed-point precision of the weights: 8-bit samples times 22 bits and a carry fit 31 bits. */
const precision = 2 ** 22;

/** For every output sample: the first input sample and the weights from there on. */
interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** `width` weights an output sample, in units of 1 / precision. */
  readonly weights: Float64Array;
  readonly width: number;
}

/**
 * Antialiased bilinear resizing, bit for bit what Pillow's `resize(…, BILINEAR)` gives: networks
 * published with PyTorch were trained and measured on such pixels. (libvips' `linear` kernel differs
 * from it by up to 8 levels when it shrinks and samples other positions when it enlarges.) The same on every machine, which
 * a recipe relies on.
 *
 * Separable: a triangle of half-width max(1, scale) about the centre (x + 0.5) · scale of each output sample,
 * first along the rows, rounded to 8 bits, then along the columns.
 */
export function resample(source: Picture, width: number, height: number): Picture {
  const rows = source.width === width ? source.rgb : resampleRows(source, width);
  const rgb = source.height === height ? rows : resampleColumns(rows, width, source.height, height);
  return { width, height, rgb };
}

function resampleRows({ rgb, width: from, height }: Picture, width: number): Uint8Array {
  const taps = tapsOf(from, width);
  const result = new Uint8Array(width * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 3) {
      const start = (y * from + at(taps.first, x)) * 3;
      for (let channel = 0; channel < 3; channel++) {
        result[to + channel] = weigh(rgb, start + channel, 3, taps, x);
      }
    }
  }
  return result;
}

function resampleColumns(rgb: Uint8Array, width: number, from: number, height: number): Uint8Array {
  const taps = tapsOf(from, height);
  const stride = width * 3;
  const result = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const start = at(taps.first, y) * stride;
    for (let x = 0; x < stride; x++) result[y * stride + x] = weigh(rgb, start + x, stride, taps, y);
  }
  return result;
}

function weigh(source: Uint8Array, start: number, stride: number, taps: Taps, index: number): number {
  const { weights, width } = taps;
  const count = at(taps.count, index);
  let sum = precision / 2;
  for (let tap = 0, from = start; tap < count; tap++, from += stride) {
    sum += (source[from] ?? 0) * (weights[index * width + tap] ?? 0);
  }
  return Math.min(255, Math.floor(sum / precision));
}

function tapsOf(from: number, to: number): Taps {
  const scale = from / to;
  const support = Math.max(1, scale);
  const width = Math.ceil(support) * 2 + 1;
  const taps: Taps = {
    first: new Int32Array(to),
    count: new Int32Array(to),
    weights: new Float64Array(to * width),
    width,
  };
  for (let index = 0; index < to; index++) {
    const centre = (index + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(from, Math.trunc(centre + support + 0.5));
    const triangle = Array.from({ length: end - first }, (_, tap) =>
      Math.max(0, 1 - Math.abs((tap + first - centre + 0.5) * (1 / support))),
    );
    const total = triangle.reduce((sum, weight) => sum + weight, 0);
    taps.first[index] = first;
    taps.count[index] = end - first;
    triangle.forEach((weight, tap) => {
      taps.weights[index * width + tap] = Math.trunc(0.5 + (weight / total) * precision);
    });
  }
  return taps;
}

const at = (values: Int32Array, index: number): number => values[index] ?? 0;
