import { int64 } from '../../../base/tensor.ts';
import { readInts } from '../../attributes.ts';
import { type Node, int } from '../../ir.ts';
import { type Normalisation, withAttribute, withInput, without } from './define.ts';

/** The sizes became an input in opset 13. */
export const split13: Normalisation = {
  opTypes: ['Split'],
  before: 13,
  rewrite: (node, r) => {
    const sizes = readInts(node, 'split', []);
    const plain = { ...node, attributes: without(node.attributes, 'split') };
    return sizes.length === 0 ? intoEqualParts(plain) : withInput(plain, 1, r.constant(int64(sizes)));
  },
};

/** From opset 18 on, a split into equal parts says how many. */
export const split18: Normalisation = {
  opTypes: ['Split'],
  from: 13,
  before: 18,
  rewrite: (node) => ((node.inputs[1] ?? '') === '' ? intoEqualParts(node) : node),
};

function intoEqualParts(node: Node): Node {
  return withAttribute({ ...node, inputs: node.inputs.slice(0, 1) }, 'num_outputs', int(node.outputs.length));
}
