import { readFloats, readInts } from '../../graph/attributes.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import { type Node, ints, loupeDomain } from '../../graph/ir.ts';
import { mapAxis, transposeMatrix } from '../../ops/shared/axisMap.ts';
import {
  type Interpolation,
  type ResizedAxis,
  interpolationMatrix,
  nearestSources,
} from '../../ops/shared/interpolation.ts';
import { interpolationOf, resizedAxes } from '../../ops/shared/resizing.ts';
import type { Lowering } from './define.ts';

/** Mᵀ ct: sums of blocks where every element was repeated, else one MatMul for each resized axis. */
function lowerResizeGrad(node: Node, b: GraphBuilder): string[] {
  const [ct = ''] = node.inputs;
  const wanted =
    node.attributes.sizes === undefined
      ? { scales: readFloats(node, 'scales') }
      : { sizes: readInts(node, 'sizes') };
  const axes = resizedAxes(node, readInts(node, 'input_shape'), wanted);
  const how = interpolationOf(node);
  const blocks = axes.map((axis) => repeatOf(axis, how));
  return [blockSums(b, ct, blocks) ?? matrixProducts(b, ct, axes, how)];
}

/** k where the resize repeats every element k times in a row. */
function repeatOf(axis: ResizedAxis, how: Interpolation): number | undefined {
  const factor = axis.to / axis.from;
  if (how.mode !== 'nearest') return factor === 1 && axis.scale === 1 ? 1 : undefined;
  const repeats = nearestSources(axis, how).every((source, at) => source === Math.floor(at / factor));
  return Number.isInteger(factor) && repeats ? factor : undefined;
}

/** Images enlarged by whole factors: each pixel's cotangent is the sum over its block, k² times the average. */
function blockSums(b: GraphBuilder, ct: string, blocks: readonly (number | undefined)[]): string | undefined {
  const [batch, channels, height, width] = blocks;
  if (blocks.length !== 4 || batch !== 1 || channels !== 1) return undefined;
  if (height === undefined || width === undefined) return undefined;
  const kernel = { kernel_shape: ints([height, width]), strides: ints([height, width]) };
  return b.add('Mul', [b.add('AveragePool', [ct], kernel), b.scalar(height * width)]);
}

function matrixProducts(
  b: GraphBuilder,
  ct: string,
  axes: readonly ResizedAxis[],
  how: Interpolation,
): string {
  return axes.reduce((value, axis, index) => {
    if (axis.from === axis.to && axis.scale === 1) return value;
    return mapAxis(b, value, index, transposeMatrix(interpolationMatrix(axis, how)));
  }, ct);
}

export const resizeGrad: Lowering = {
  opType: 'ResizeGrad',
  domain: loupeDomain,
  cpu: lowerResizeGrad,
  webgpu: lowerResizeGrad,
};
