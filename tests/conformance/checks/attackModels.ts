import { normals, seededRandom } from '../../../core/base/random.ts';
import { sizeOf } from '../../../core/base/shape.ts';
import { type Tensor, float32, tensor } from '../../../core/base/tensor.ts';
import { type Graph, int, ints } from '../../../core/graph/ir.ts';
import type { Model } from '../../../core/model/model.ts';
import { newBuilder } from '../../../core/ops/registry.ts';
import { rawCard } from '../../rawCard.ts';

export interface AffineClasses {
  /** [C, H, W] of the images. */
  readonly shape: readonly [channels: 1 | 3, height: number, width: number];
  /** A row of weights a class. */
  readonly weights: readonly (readonly number[])[];
  readonly biases: readonly number[];
}

/** The network z = W x + b on raw pixels, whose smallest perturbations are known in closed form. */
export function affineModel({ shape, weights, biases }: AffineClasses): Model {
  const b = newBuilder();
  b.input('input', { type: 'float32', shape: [1, ...shape] }, ['N', ...shape]);
  const flat = b.add('Flatten', ['input'], { axis: int(1) });
  const rows = b.constant(float32(weights.flat(), [weights.length, sizeOf(shape)]));
  const logits = b.add(
    'Gemm',
    [flat, rows, b.constant(float32(biases))],
    { transB: int(1) },
    { name: 'logits' },
  );
  return modelOf(b.build([logits]), shape, logits, biases.length);
}

/**
 * Two convolutions with ReLU and max-pooling and a linear layer over all positions, whose weights sum to 0 in each channel: no class
 * is favoured, so images differ in their classes, and small perturbations change them, as in trained networks.
 */
export function sensitiveModel(side: number, seed: number): Model {
  const b = newBuilder();
  const random = seededRandom(seed);
  const classes = 5;
  const weight = (...dims: number[]): string =>
    b.constant(float32(normals(random, sizeOf(dims), Math.sqrt(2 / sizeOf(dims.slice(1)))), dims));
  const same = { pads: ints([1, 1, 1, 1]) };
  const pool = { kernel_shape: ints([2, 2]), strides: ints([2, 2]) };
  b.input('input', { type: 'float32', shape: [1, 3, side, side] }, ['N', 3, side, side]);
  const first = b.add('Relu', [b.add('Conv', ['input', weight(6, 3, 3, 3), weight(6)], same)]);
  const second = b.add('Conv', [b.add('MaxPool', [first], pool), weight(8, 6, 3, 3), weight(8)], same);
  const flat = b.add('Flatten', [b.add('Relu', [second])], { axis: int(1) });
  const positions = (side / 2) ** 2;
  const rows = normals(random, classes * 8 * positions, 1 / Math.sqrt(positions));
  for (let start = 0; start < rows.length; start += positions) {
    const channel = rows.subarray(start, start + positions);
    const mean = channel.reduce((sum, value) => sum + value, 0) / positions;
    channel.forEach((value, i) => {
      channel[i] = value - mean;
    });
  }
  const matrix = b.constant(float32(rows, [classes, 8 * positions]));
  const logits = b.add('Gemm', [flat, matrix], { transB: int(1) }, { name: 'logits' });
  return modelOf(b.build([logits]), [3, side, side], logits, classes);
}

/** A model that lies in no file, on raw pixels. */
function modelOf(
  graph: Graph,
  [channels, height, width]: AffineClasses['shape'],
  logits: string,
  classes: number,
): Model {
  const grey = channels === 1;
  const mean = grey ? [0] : [0, 0, 0];
  const input = {
    ...rawCard(width, height),
    channels,
    colourOrder: grey ? ('grey' as const) : ('RGB' as const),
    mean,
  };
  const labels = Array.from({ length: classes }, (_, index) => `class ${index}`);
  return {
    path: 'made.onnx',
    name: 'made',
    sha256: '',
    graph,
    card: { name: 'made', input: { ...input, std: mean.map(() => 1) }, labels, logits },
    cardOrigin: 'given',
    guesses: [],
  };
}

/** Random pictures [n, C, H, W] of levels from `least` to `greatest` of 255. */
export function latticeImages(
  count: number,
  shape: readonly number[],
  { seed, least = 0, greatest = 255 }: { seed: number; least?: number; greatest?: number },
): Tensor {
  const random = seededRandom(seed);
  const pixel = (): number => (least + random.integer(greatest - least + 1)) / 255;
  return tensor('float32', Float32Array.from({ length: count * sizeOf(shape) }, pixel), [count, ...shape]);
}
