import { readInt } from '../../attributes.ts';
import { type Node, int } from '../../ir.ts';
import { dataTypeOf, storageOf } from '../storage.ts';
import { type Normalisation, withAttribute, without } from './define.ts';

/** Asked for float16, float64 or bfloat16, these give float32, as everything else does here. */
export const cast: Normalisation = {
  opTypes: ['Cast'],
  // Rounding and saturation concern 8-bit floats only.
  rewrite: (node) =>
    withOurType({ ...node, attributes: without(node.attributes, 'saturate', 'round_mode') }, 'to'),
};

export const castLike: Normalisation = {
  opTypes: ['CastLike'],
  rewrite: (node) => ({ ...node, attributes: without(node.attributes, 'saturate', 'round_mode') }),
};

export const generators: Normalisation = {
  opTypes: [
    'Bernoulli',
    'EyeLike',
    'Multinomial',
    'RandomNormal',
    'RandomNormalLike',
    'RandomUniform',
    'RandomUniformLike',
  ],
  rewrite: (node) => withOurType(node, 'dtype'),
};

function withOurType(node: Node, attribute: string): Node {
  if (!(attribute in node.attributes)) return node;
  const storage = storageOf(readInt(node, attribute));
  return storage === undefined ? node : withAttribute(node, attribute, int(dataTypeOf[storage.type]));
}
