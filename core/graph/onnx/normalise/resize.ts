import { LoupeError } from '../../../base/errors.ts';
import { sizeOf } from '../../../base/shape.ts';
import { type Tensor, float32, floatsOf } from '../../../base/tensor.ts';
import { describeNode, readFloats, readString } from '../../attributes.ts';
import { type Attributes, type Node, string } from '../../ir.ts';
import { type Normalisation, type Rewriter, trimmed, withAttribute, without } from './define.ts';

/** Upsample became Resize in opset 10; its scales were an attribute before opset 9. */
export const upsample: Normalisation = {
  opTypes: ['Upsample'],
  rewrite: (node, r) => {
    const given = node.inputs[1] ?? '';
    const scales = given === '' ? r.constant(float32(readFloats(node, 'scales'))) : given;
    return fromScales({ ...node, opType: 'Resize' }, scales, r);
  },
};

/** Opset 10 had scales only, and one way of finding the source of a point. */
export const resize10: Normalisation = {
  opTypes: ['Resize'],
  before: 11,
  rewrite: (node, r) => fromScales(node, node.inputs[1] ?? '', r),
};

/**
 * Both older forms map output i to input i / scale. Nearest takes the input before that point; ONNX Runtime, when
 * it shrinks, the one after it.
 */
function fromScales(node: Node, scales: string, r: Rewriter): Node {
  const mode = readString(node, 'mode', 'nearest').replace(/^bilinear$/, 'linear');
  const known = r.constantOf(scales);
  const shrinks = known !== undefined && isShrinking(known);
  const nearest: Attributes = mode === 'nearest' ? { nearest_mode: string(shrinks ? 'ceil' : 'floor') } : {};
  const attributes: Attributes = {
    ...without(node.attributes, 'scales', 'mode'),
    mode: string(mode),
    coordinate_transformation_mode: string('asymmetric'),
    ...nearest,
  };
  return { ...node, inputs: [node.inputs[0] ?? '', '', scales], attributes };
}

/** Scales are one number a dimension; whatever is longer is none, and its data may lie in a file. */
function isShrinking(scales: Tensor): boolean {
  return (
    scales.type === 'float32' && sizeOf(scales.dims) < 32 && floatsOf(scales).every((scale) => scale <= 1)
  );
}

/** Later opsets: absent inputs are written as '' and not as empty tensors, and a mode that opset 13 dropped goes. */
export const resize: Normalisation = {
  opTypes: ['Resize'],
  from: 11,
  rewrite: (node, r) => {
    const crops = readString(node, 'coordinate_transformation_mode', '') === 'tf_crop_and_resize';
    const inputs = node.inputs.map((name, index) => {
      if (index === 1 && !crops) return '';
      const value = r.constantOf(name);
      return index > 0 && value !== undefined && sizeOf(value.dims) === 0 ? '' : name;
    });
    return trimmed(withoutHalfPixelForNearest({ ...node, inputs }));
  },
};

/** ⌊(i + ½) / s⌋ is ⌊x + ½⌋ with x = (i + ½) / s − ½, the half_pixel coordinate. */
function withoutHalfPixelForNearest(node: Node): Node {
  const name = 'coordinate_transformation_mode';
  if (readString(node, name, '') !== 'tf_half_pixel_for_nn') return node;
  if (readString(node, 'mode', 'nearest') !== 'nearest' || readString(node, 'nearest_mode', '') !== 'floor') {
    throw new LoupeError(
      'unsupportedOperator',
      `the ${describeNode(node)} uses tf_half_pixel_for_nn with other rounding than floor. Export the model with opset 13 or newer.`,
    );
  }
  return withAttribute(
    withAttribute(node, name, string('half_pixel')),
    'nearest_mode',
    string('round_prefer_ceil'),
  );
}
