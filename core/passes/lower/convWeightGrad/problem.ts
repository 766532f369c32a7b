import type { Shape } from '../../../base/shape.ts';
import { readInts } from '../../../graph/attributes.ts';
import type { GraphBuilder } from '../../../graph/builder.ts';
import type { Node } from '../../../graph/ir.ts';
import { type Convolution, convolutionOf } from '../../../ops/shared/convolution.ts';
import { spatialOf } from '../../../ops/shared/windows.ts';

/** A ConvWeightGrad node, read: dw of `shape` [M, C/group, …] from x [N, C, …] and ct [N, M, counts…]. */
export interface WeightGradProblem {
  readonly x: string;
  readonly ct: string;
  readonly convolution: Convolution;
  readonly counts: readonly number[];
  readonly shape: Shape;
  readonly name: string;
}

export type WeightGradFormulation = (b: GraphBuilder, problem: WeightGradProblem) => string;

export function weightGradProblem(node: Node, b: GraphBuilder): WeightGradProblem {
  const [x = '', ct = ''] = node.inputs;
  const shape = readInts(node, 'weight_shape');
  const convolution = convolutionOf(node, b.shapeOf(x), shape);
  return { x, ct, shape, convolution, counts: spatialOf(b.shapeOf(ct)), name: node.name };
}
