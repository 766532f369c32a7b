import type { GraphBuilder } from '../../../graph/builder.ts';
import { readInts } from '../../../graph/attributes.ts';
import type { Shape } from '../../../base/shape.ts';
import type { Node } from '../../../graph/ir.ts';
import { type Convolution, convolutionOf } from '../../../ops/shared/convolution.ts';

/** A ConvInputGrad node, read: dx of `shape` from ct [N, M, …] and w [M, C/group, …]. */
export interface InputGradProblem {
  readonly ct: string;
  readonly w: string;
  readonly convolution: Convolution;
  readonly shape: Shape;
  /** For the names of new nodes. */
  readonly name: string;
}

export type InputGradFormulation = (b: GraphBuilder, problem: InputGradProblem) => string;

export function inputGradProblem(node: Node, b: GraphBuilder): InputGradProblem {
  const [ct = '', w = ''] = node.inputs;
  const shape = readInts(node, 'input_shape');
  return { ct, w, shape, name: node.name, convolution: convolutionOf(node, shape, b.shapeOf(w)) };
}
