import { z } from 'zod';
import type { GraphBuilder } from '../graph/builder.ts';
import { int, string } from '../graph/ir.ts';
import { count, flag } from '../method/params.ts';
import { arithmetic } from '../ops/shared/arithmetic.ts';
import { slicedAxis } from '../ops/shared/movement.ts';
import { defineDefence } from './define.ts';
import { backwardOfRounding, withBackward } from './shared/backwardPass.ts';
import { blockSize, quantizedBlocks } from './shared/blockTransform.ts';
import { doubled, halved, rgbOf, yccOf } from './shared/chroma.ts';
import { quantizationTable } from './shared/quantization.ts';

/** What a picture is after it has been saved as a baseline JPEG and opened again, step by step as libjpeg does it. */
export const jpeg = defineDefence({
  id: 'jpeg',
  title: 'JPEG compression',
  description:
    'Compresses and decompresses the picture, which removes much of what the eye does not see. Its true derivative is zero, which hides the network from gradients without making it more robust: attack it with backward = straightThrough or identity (they differ by the coarser colours only).',
  citation: 'Das et al. 2017; Guo et al. 2018, sec. 4; ITU-T T.81',
  params: z.object({
    quality: count(50, 'Quality', "libjpeg's quality; at 50 the standard's own tables are used", 100),
    chromaSubsampling: flag(true, 'Coarser colours', '4:2:0: half the resolution for colour, as usual'),
    backward: backwardOfRounding(),
  }),
  emit(b, image, { quality, chromaSubsampling, backward }) {
    const { div, mul } = arithmetic(b);
    const [, channels = 1] = b.shapeOf(image);
    const bytes = b.add('Round', [mul(image, 255)]);
    const luma = quantizationTable('luminance', quality);
    const decoded =
      channels === 1
        ? coded(b, bytes, luma)
        : colourCoded(b, bytes, luma, quantizationTable('chrominance', quality), chromaSubsampling);
    return withBackward(b, image, div(decoded, 255), backward);
  },
});

function colourCoded(
  b: GraphBuilder,
  rgb: string,
  luma: readonly number[],
  chroma: readonly number[],
  subsampled: boolean,
): string {
  const [, , height = 0, width = 0] = b.shapeOf(rgb);
  const ycc = yccOf(b, rgb);
  const brightness = coded(b, slicedAxis(b, ycc, 1, 0, 1), luma);
  const colours = slicedAxis(b, ycc, 1, 1, 3);
  const decoded = subsampled
    ? doubled(
        b,
        coded(b, halved(b, filledUp(b, colours, 2, 2 * blockSize)), chroma, half(width)),
        height,
        width,
      )
    : coded(b, colours, chroma);
  return rgbOf(b, b.add('Concat', [brightness, decoded], { axis: int(1) }));
}

const half = (length: number): number => Math.ceil(length / 2);

/** Planes of any size, coded in whole blocks; the first `width` columns of the result. */
function coded(
  b: GraphBuilder,
  planes: string,
  steps: readonly number[],
  width = b.shapeOf(planes)[3] ?? 0,
): string {
  const height = b.shapeOf(planes)[2] ?? 0;
  const result = quantizedBlocks(b, filledUp(b, planes, blockSize, blockSize), steps);
  return slicedAxis(b, slicedAxis(b, result, 2, 0, height), 3, 0, width);
}

/** The last row and column repeated until height and width are multiples of these. */
function filledUp(b: GraphBuilder, x: string, rows: number, columns: number): string {
  const [, , height = 0, width = 0] = b.shapeOf(x);
  const [below, right] = [missing(height, rows), missing(width, columns)];
  if (below === 0 && right === 0) return x;
  return b.add('Pad', [x, b.axes([0, 0, 0, 0, 0, 0, below, right])], { mode: string('edge') });
}

const missing = (length: number, multiple: number): number => (multiple - (length % multiple)) % multiple;
