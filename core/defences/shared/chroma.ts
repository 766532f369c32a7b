import { float32 } from '../../base/tensor.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import { ints, string } from '../../graph/ir.ts';
import { arithmetic } from '../../ops/shared/arithmetic.ts';
import { slicedAxis } from '../../ops/shared/movement.ts';

/** JFIF: RGB to luma and colour differences about 128, all from 0 to 255. */
const toYcc = {
  matrix: [0.299, 0.587, 0.114, -0.168_735_892, -0.331_264_108, 0.5, 0.5, -0.418_687_589, -0.081_312_411],
  shift: [0, 128, 128],
};

const [redOfCr, greenOfCb, greenOfCr, blueOfCb] = [1.402, -0.344_136_286, -0.714_136_286, 1.772];

const toRgb = {
  matrix: [1, 0, redOfCr, 1, greenOfCb, greenOfCr, 1, blueOfCb, 0],
  shift: [-128 * redOfCr, -128 * (greenOfCb + greenOfCr), -128 * blueOfCb],
};

/** RGB [N, 3, H, W] from 0 to 255 to YCbCr, rounded. */
export const yccOf = (b: GraphBuilder, rgb: string): string => b.add('Round', [mixed(b, rgb, toYcc)]);

/** YCbCr [N, 3, H, W] to RGB, rounded and cut to 0 to 255. */
export const rgbOf = (b: GraphBuilder, ycc: string): string =>
  b.add('Clip', [b.add('Round', [mixed(b, ycc, toRgb)]), b.scalar(0), b.scalar(255)]);

function mixed(b: GraphBuilder, x: string, { matrix, shift }: typeof toYcc): string {
  const weights = b.constant(float32(matrix, [3, 3, 1, 1]), 'colours');
  return b.add('Conv', [x, weights, b.constant(float32(shift), 'shift')]);
}

/**
 * Means of 2×2 pixels, rounded; halves go down in even columns and up in odd ones (libjpeg's h2v2_downsample), which
 * ±1/8 does, since the means are multiples of 1/4.
 *
 * @param x [N, C, H, W] of whole numbers, H and W even.
 */
export function halved(b: GraphBuilder, x: string): string {
  const means = b.add('AveragePool', [x], { kernel_shape: ints([2, 2]), strides: ints([2, 2]) });
  return roundedUnbiased(b, means, 1 / 8);
}

/**
 * Twice as high and wide by the triangle filter, 3/4 and 1/4 along each axis (libjpeg's fancy upsampling), rounded,
 * and cut to `height` × `width`. The results are multiples of 1/16; halves go up in even columns and down in odd ones.
 *
 * @param x [N, C, ⌈height/2⌉, ⌈width/2⌉] of whole numbers.
 */
export function doubled(b: GraphBuilder, x: string, height: number, width: number): string {
  const scales = b.constant(float32([1, 1, 2, 2]), 'scales');
  const smooth = b.add('Resize', [x, '', scales], { mode: string('linear') });
  const cut = slicedAxis(b, slicedAxis(b, smooth, 2, 0, height), 3, 0, width);
  return roundedUnbiased(b, cut, -1 / 32);
}

/** round(x ∓ shift): minus in even columns, plus in odd ones. */
function roundedUnbiased(b: GraphBuilder, x: string, shift: number): string {
  const width = b.shapeOf(x)[3] ?? 0;
  const shifts = float32(
    Array.from({ length: width }, (_, column) => (column % 2 === 0 ? -shift : shift)),
    [1, 1, 1, width],
  );
  return b.add('Round', [arithmetic(b).add(x, b.constant(shifts, 'halves'))]);
}
