import { int64 } from '../../../base/tensor.ts';
import { readInts } from '../../attributes.ts';
import type { Node } from '../../ir.ts';
import { type Normalisation, type Rewriter, withInput, without } from './define.ts';

/** Axes became the second input: of these in opset 13 … */
export const axes13: Normalisation = {
  opTypes: ['Squeeze', 'Unsqueeze', 'ReduceSum'],
  before: 13,
  rewrite: axesToInput,
};

/** … and of the other reductions in opset 18. */
export const axes18: Normalisation = {
  opTypes: [
    'ReduceL1',
    'ReduceL2',
    'ReduceLogSum',
    'ReduceLogSumExp',
    'ReduceMax',
    'ReduceMean',
    'ReduceMin',
    'ReduceProd',
    'ReduceSumSquare',
  ],
  before: 18,
  rewrite: axesToInput,
};

/** No axes mean all axes in both forms, so then there is no input. */
function axesToInput(node: Node, r: Rewriter): Node {
  const axes = readInts(node, 'axes', []);
  const plain = { ...node, attributes: without(node.attributes, 'axes') };
  return axes.length === 0 ? plain : withInput(plain, 1, r.constant(int64(axes)));
}
