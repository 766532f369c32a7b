import { sizeOf } from '../../base/shape.ts';
import { float32 } from '../../base/tensor.ts';
import { readInt, readInts } from '../../graph/attributes.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import { type Node, int, loupeDomain, string } from '../../graph/ir.ts';
import { inputGradient } from '../../ops/shared/convolution.ts';
import { averagedCounts, poolingOf } from '../../ops/shared/pooling.ts';
import { fitSpatial } from '../../ops/shared/spatial.ts';
import { type Windows, coveringWindows, spatialOf, windowAttributes } from '../../ops/shared/windows.ts';
import type { Lowering } from './define.ts';
import { combinations } from './shared/phases.ts';

/** Each window's ct divided by its count goes to all the positions of the window, and adds up there. */
function lower(node: Node, b: GraphBuilder): readonly string[] {
  const [ct = ''] = node.inputs;
  const shape = readInts(node, 'input_shape');
  const { pooling } = poolingOf(node, shape);
  const { windows } = pooling;
  const counts = averagedCounts(pooling, shape, readInt(node, 'count_include_pad', 0) === 1);
  const shareOf = (numerator: number): string => scaled(b, ct, counts, numerator);
  const plain = windows.dilations.every((dilation) => dilation === 1);
  if (plain && windows.strides.every((stride) => stride === 1)) {
    return [averaged(b, shareOf(sizeOf(windows.kernel)), windows)];
  }
  if (plain && tiles(windows)) return [repeated(b, shareOf(1), windows, spatialOf(shape))];
  const channels = shape[1] ?? 1;
  const ones = new Float32Array(channels * sizeOf(windows.kernel)).fill(1);
  const weights = b.constant(float32(ones, [channels, 1, ...windows.kernel]), 'ones');
  const covering = coveringWindows(windows, spatialOf(shape), spatialOf(b.shapeOf(ct)));
  return [inputGradient(b, { windows: covering, group: channels }, [shareOf(1), weights], shape)];
}

const tiles = ({ kernel, strides, begins }: Windows): boolean =>
  kernel.every((size, axis) => size === strides[axis] && begins[axis] === 0);

/** ct · numerator / count, where the count of a window is the product of its counts along the axes. */
function scaled(
  b: GraphBuilder,
  ct: string,
  counts: readonly (readonly number[])[],
  numerator: number,
): string {
  const factors = combinations(counts).map((list) => numerator / sizeOf(list));
  const [first = 1] = factors;
  if (factors.every((factor) => factor === 1)) return ct;
  if (factors.every((factor) => factor === first)) return b.add('Mul', [ct, b.scalar(first)]);
  return b.add('Mul', [
    ct,
    b.constant(
      float32(
        factors,
        counts.map((list) => list.length),
      ),
      'shares',
    ),
  ]);
}

/**
 * Stride 1: position i is read by the windows i + p − k + 1 … i + p, so the sum is K times the mean over the
 * mirrored windows of ct, whose pads are k − 1 − p. The factor K is already in ct.
 */
function averaged(b: GraphBuilder, ct: string, windows: Windows): string {
  const mirrored = (pads: readonly number[]): number[] =>
    windows.kernel.map((size, axis) => size - 1 - (pads[axis] ?? 0));
  const reversed = { ...windows, begins: mirrored(windows.begins), ends: mirrored(windows.ends) };
  return b.add('AveragePool', [ct], { ...windowAttributes(reversed), count_include_pad: int(1) });
}

/** Windows side by side: every position of a window gets its share, and those that no window reads get zero. */
function repeated(b: GraphBuilder, ct: string, { strides }: Windows, sizes: readonly number[]): string {
  const scales = b.constant(float32([1, 1, ...strides]), 'scales');
  const nearest = {
    mode: string('nearest'),
    nearest_mode: string('floor'),
    coordinate_transformation_mode: string('asymmetric'),
  };
  const spread = b.add('Resize', [ct, '', scales], nearest);
  const ends = spatialOf(b.shapeOf(spread)).map((size, axis) => (sizes[axis] ?? 0) - size);
  return fitSpatial(
    b,
    spread,
    ends.map(() => 0),
    ends,
  );
}

export const averagePoolGrad: Lowering = {
  opType: 'AveragePoolGrad',
  domain: loupeDomain,
  cpu: lower,
  webgpu: lower,
};
