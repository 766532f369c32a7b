import { normals, seededRandom } from '../../core/base/random.ts';
import { sizeOf } from '../../core/base/shape.ts';
import { float32 } from '../../core/base/tensor.ts';
import { type Graph, int, ints } from '../../core/graph/ir.ts';
import { newBuilder } from '../../core/ops/registry.ts';
import type { InputCard } from '../../core/protocol/card.ts';

/** Not square, so that rows and columns cannot be taken for one another. */
export const [height, width] = [10, 8];
const plane = height * width;
const [channels, maps, classes] = [3, 4, 5] as const;

/** Blue first, from 0 to 255: everything that a card can ask of preprocessing. */
export const card: InputCard = {
  width,
  height,
  channels,
  colourOrder: 'BGR',
  layout: 'NCHW',
  resize: { mode: 'none' },
  range: [0, 255],
  mean: [104, 117, 124],
  std: [58, 57, 60],
};

/** The RGB pixel that the card maps to zero. */
export const cardZero = [124 / 255, 117 / 255, 104 / 255];

const random = seededRandom(31);
const draw = (...dims: number[]): Float32Array =>
  normals(random, sizeOf(dims), 1 / Math.sqrt(sizeOf(dims.slice(1))));
const kernel = draw(maps, channels, 3, 3);
const bias = draw(maps);
const matrix = draw(classes, maps * plane);

/** A convolution with ReLU and a linear layer. */
export function smallNet(): Graph {
  const b = newBuilder();
  b.input('input', { type: 'float32', shape: [1, channels, height, width] }, ['N', channels, height, width]);
  const weights = b.setConstant('kernel', float32(kernel, [maps, channels, 3, 3]));
  const convolution = b.add('Conv', ['input', weights, b.setConstant('bias', float32(bias))], {
    pads: ints([1, 1, 1, 1]),
  });
  const features = b.add('Flatten', [b.add('Relu', [convolution], {}, { name: 'relu' })], { axis: int(1) });
  const last = b.setConstant('matrix', float32(matrix, [classes, maps * plane]));
  return b.build([b.add('Gemm', [features, last], { transB: int(1) }, { name: 'logits' })]);
}

/** Its logits from the definition, in float64; `image` is [3, height, width], RGB in [0, 1]. */
export function smallNetLogits(image: ArrayLike<number>): number[] {
  const input = (channel: number, row: number, column: number): number => {
    if (row < 0 || column < 0 || row >= height || column >= width) return 0;
    const value = image[(2 - channel) * plane + row * width + column] ?? Number.NaN;
    return (value * 255 - (card.mean[channel] ?? 0)) / (card.std[channel] ?? 1);
  };
  const features: number[] = [];
  for (let map = 0; map < maps; map++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        let sum = bias[map] ?? 0;
        for (let tap = 0; tap < channels * 9; tap++) {
          const [channel, i, j] = [Math.floor(tap / 9), Math.floor(tap / 3) % 3, tap % 3];
          sum += (kernel[map * channels * 9 + tap] ?? 0) * input(channel, row + i - 1, column + j - 1);
        }
        features.push(Math.max(0, sum));
      }
    }
  }
  return Array.from({ length: classes }, (_, index) =>
    features.reduce((sum, value, at) => sum + value * (matrix[index * features.length + at] ?? 0), 0),
  );
}

export function softmax(logits: readonly number[]): number[] {
  const greatest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - greatest));
  const sum = powers.reduce((left, right) => left + right, 0);
  return powers.map((power) => power / sum);
}
