import { LoupeError } from '../../../base/errors.ts';
import { describeNode, readString } from '../../attributes.ts';
import { type Normalisation, without } from './define.ts';

/** Opset 27: the precision of an accumulator, which is float32 here. */
export const range: Normalisation = {
  opTypes: ['Range'],
  from: 27,
  rewrite: (node) => ({ ...node, attributes: without(node.attributes, 'stash_type') }),
};

/** Opset 28 gave SpaceToDepth the second order of DepthToSpace; the first is the old one. */
export const spaceToDepth: Normalisation = {
  opTypes: ['SpaceToDepth'],
  from: 28,
  rewrite: (node) => {
    const mode = readString(node, 'mode', 'DCR');
    if (mode === 'DCR') return { ...node, attributes: without(node.attributes, 'mode') };
    throw new LoupeError(
      'unsupportedOperator',
      `the ${describeNode(node)} has the mode ${mode}, which opset 21 does not have. Export the model with opset 21.`,
    );
  },
};
