import { normals, seededRandom } from '../../core/base/random.ts';
import { sizeOf } from '../../core/base/shape.ts';
import { type Tensor, float32 } from '../../core/base/tensor.ts';
import { type Graph, int, ints } from '../../core/graph/ir.ts';
import { newBuilder } from '../../core/ops/registry.ts';
import { rawCard } from '../rawCard.ts';
import { type Grid, convolve } from './convolution.ts';

/** A network that takes any image size: two convolutions with ReLU, the second of stride 2, a global mean and five classes. */
export const convNetCard = rawCard(12, 10);

const random = seededRandom(7);
const draw = (...dims: number[]): Tensor =>
  float32(normals(random, sizeOf(dims), 1 / Math.sqrt(sizeOf(dims.slice(1)))), dims);
const first = draw(4, 3, 3, 3);
const second = draw(6, 4, 3, 3);
const last = draw(5, 6);
/** Channel 3 of the first convolution never fires. */
const firstBias = [0.3, -0.1, 0.2, -100];
const secondBias = [0.1, 0, -0.2, 0.3, 0.2, 0];

export function convNet(): Graph {
  const b = newBuilder();
  const { width, height } = convNetCard;
  b.input('input', { type: 'float32', shape: [1, 3, height, width] }, ['N', 3, 'H', 'W']);
  const convolution = (x: string, weights: Tensor, bias: readonly number[], stride: number): string => {
    const names = [b.constant(weights, 'weights'), b.constant(float32(bias), 'bias')];
    const y = b.add('Conv', [x, ...names], { pads: ints([1, 1, 1, 1]), strides: ints([stride, stride]) });
    return b.add('Relu', [y], {}, { name: stride === 1 ? 'early' : 'late' });
  };
  const features = convolution(convolution('input', first, firstBias, 1), second, secondBias, 2);
  const mean = b.add('GlobalAveragePool', [features]);
  const flat = b.add('Flatten', [mean], { axis: int(1) });
  return b.build([b.add('Gemm', [flat, b.constant(last, 'last')], { transB: int(1) }, { name: 'logits' })]);
}

export interface ConvNetFeatures {
  /** The values of these names in the network. */
  readonly early: Grid;
  readonly late: Grid;
  /** The same before their ReLU. */
  readonly earlySums: Grid;
  readonly lateSums: Grid;
}

/** The feature maps of an image [1, 3, H, W] from their definitions, in float64. */
export function convNetFeatures(image: Grid): ConvNetFeatures {
  const earlySums = layerOf(image, first, firstBias, 1);
  const early = rectified(earlySums);
  const lateSums = layerOf(early, second, secondBias, 2);
  return { early, late: rectified(lateSums), earlySums, lateSums };
}

/** The five logits of an image. */
export function convNetLogits(image: Grid): number[] {
  const { dims, data } = convNetFeatures(image).late;
  const [, channels = 1, height = 1, width = 1] = dims;
  const plane = height * width;
  const means = Array.from({ length: channels }, (_, c) =>
    data.slice(c * plane, (c + 1) * plane).reduce((sum, value) => sum + value / plane, 0),
  );
  const weights = Array.from(last.data, Number);
  return Array.from({ length: last.dims[0] ?? 0 }, (_, index) =>
    means.reduce((sum, mean, c) => sum + mean * (weights[index * channels + c] ?? 0), 0),
  );
}

const rectified = ({ dims, data }: Grid): Grid => ({ dims, data: data.map((sum) => Math.max(0, sum)) });

function layerOf(x: Grid, weights: Tensor, bias: readonly number[], stride: number): Grid {
  const [, , height = 1, width = 1] = x.dims;
  const dims = [1, bias.length, Math.ceil(height / stride), Math.ceil(width / stride)];
  const geometry = { strides: [stride, stride], dilations: [1, 1], begins: [1, 1], group: 1 };
  const w = { dims: weights.dims, data: Array.from(weights.data, Number) };
  const { data } = convolve(x, w, dims, geometry);
  const plane = (dims[2] ?? 1) * (dims[3] ?? 1);
  return { dims, data: data.map((sum, at) => sum + (bias[Math.floor(at / plane)] ?? 0)) };
}

/** The gradient of a function of an image by central differences in float64, at all places or some. */
export function numericGradient(
  image: Grid,
  of: (image: Grid) => number,
  places: Iterable<number> = image.data.keys(),
): number[] {
  const data = [...image.data];
  return [...places].map((at) => {
    const value = data[at] ?? 0;
    const valueAt = (shifted: number): number => {
      data[at] = shifted;
      return of({ dims: image.dims, data });
    };
    const epsilon = 1e-6;
    const slope = (valueAt(value + epsilon) - valueAt(value - epsilon)) / (2 * epsilon);
    data[at] = value;
    return slope;
  });
}
