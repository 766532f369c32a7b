import { z } from 'zod';
import { LoupeError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import { type Tensor, float32, floatsOf, tensor } from '../../base/tensor.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import type { Network } from '../../model/network.ts';
import { blurMatrix, blurred } from './blur.ts';
import { networkZero } from './networkZero.ts';

/** Images that stand for "nothing there"; what an attribution finds is relative to its choice (Sturmfels et al. 2020). */
export const baselines = {
  black: 'black',
  white: 'white',
  grey: 'middle grey',
  mean: 'the colour that the network’s preprocessing maps to zero',
  blur: 'the image blurred by a Gaussian of a twentieth of its shorter side',
  noise: 'uniform noise',
} as const;

export type Baseline = keyof typeof baselines;

/** The parameter: a choice among `kinds`, the first of which is the default. */
export const baselineParam = <Kind extends Baseline>(kinds: readonly [Kind, ...Kind[]]) =>
  z
    .enum(kinds)
    .default(() => kinds[0])
    .meta({
      title: 'Baseline',
      description: `what stands for nothing: ${kinds.map((kind) => `${kind} (${baselines[kind]})`).join(', ')}`,
    });

const levels: Partial<Record<Baseline, number>> = { black: 0, white: 1, grey: 0.5 };

/** Standard deviation of the blur in pixels: Fong and Vedaldi (2017) take 10 for 224. */
const blurSigma = (height: number, width: number): number => Math.min(height, width) / 20;

/** The baseline of one image [1, C, H, W], of the same shape. `random` is asked for noise only. */
export function baselineOf(kind: Baseline, image: Tensor, network: Network, random: () => Random): Tensor {
  const [, , height = 1, width = 1] = image.dims;
  if (kind === 'blur') return blurred(image, blurSigma(height, width));
  const values = new Float32Array(floatsOf(image).length);
  if (kind === 'noise') {
    const drawn = random();
    for (let at = 0; at < values.length; at++) values[at] = drawn.uniform();
  } else {
    const plane = height * width;
    colourOf(kind, network).forEach((level, channel) => {
      values.fill(level, channel * plane, (channel + 1) * plane);
    });
  }
  return tensor('float32', values, image.dims);
}

/**
 * Emits the baseline of each image [N, C, H, W], of the same shape.
 *
 * @throws LoupeError badArgument for noise, which a graph does not draw.
 */
export function emitBaseline(b: GraphBuilder, kind: Baseline, network: Network): string {
  const shape = b.shapeOf(network.image);
  const [, channels = 1, height = 1, width = 1] = shape;
  if (kind === 'noise') {
    throw new LoupeError(
      'badArgument',
      'A baseline of noise is drawn from the seed of a run, so it cannot be part of a graph. Choose another baseline to compile.',
    );
  }
  if (kind === 'blur') {
    const sigma = blurSigma(height, width);
    const rows = b.constant(float32(blurMatrix(height, sigma), [height, height]), 'blurRows');
    const columns = b.constant(float32(blurMatrix(width, sigma), [width, width]), 'blurColumns');
    // The matrices mix places from their neighbours; the second is symmetric up to its row sums, hence transposed.
    const across = b.add('MatMul', [network.image, b.add('Transpose', [columns])]);
    return b.add('MatMul', [rows, across]);
  }
  const colour = b.constant(float32(colourOf(kind, network), [1, channels, 1, 1]), 'baseline');
  return b.add('Expand', [colour, b.axes(shape)]);
}

/** One number a channel. */
function colourOf(kind: Baseline, network: Network): number[] {
  const zero = networkZero(network);
  const level = levels[kind];
  return level === undefined ? zero : zero.map(() => level);
}
