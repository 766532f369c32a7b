import { isFieldSet } from '@bufbuild/protobuf';
import { LoupeError } from '../../base/errors.ts';
import type { Attribute } from '../ir.ts';
import {
  AttributeProto_AttributeType as AttributeType,
  type AttributeProto,
  AttributeProtoSchema,
} from './gen/onnx_pb.js';
import type { Source } from './source.ts';
import { dataTypeName, storageOf } from './storage.ts';
import { decodeTensor } from './tensors.ts';

/** An attribute of a file in our form. */
export function decodeAttribute(proto: AttributeProto, source: Source): Attribute {
  switch (typeOf(proto)) {
    case AttributeType.INT:
      return { kind: 'int', value: clamped(proto.i) };
    case AttributeType.INTS:
      return { kind: 'ints', value: proto.ints.map(clamped) };
    case AttributeType.FLOAT:
      return { kind: 'float', value: proto.f };
    case AttributeType.FLOATS:
      return { kind: 'floats', value: proto.floats };
    case AttributeType.STRING:
      return { kind: 'string', value: textOf(proto.s) };
    case AttributeType.STRINGS:
      return { kind: 'strings', value: proto.strings.map(textOf) };
    case AttributeType.TENSOR:
      return tensorAttribute(proto, source);
    default:
      return { kind: 'other', value: AttributeType[proto.type]?.toLowerCase() ?? `type ${proto.type}` };
  }
}

function tensorAttribute(proto: AttributeProto, source: Source): Attribute {
  if (proto.t === undefined) throw new LoupeError('badFile', `the attribute "${proto.name}" has no tensor.`);
  if (storageOf(proto.t.dataType) === undefined) {
    return { kind: 'other', value: `${dataTypeName(proto.t.dataType)} tensor` };
  }
  return { kind: 'tensor', value: decodeTensor(proto.t, source) };
}

/** Integers that a number cannot hold exactly are used as "beyond every end", so the largest exact one does. */
function clamped(value: bigint): number {
  const { MAX_SAFE_INTEGER: most } = Number;
  return Math.max(-most, Math.min(most, Number(value)));
}

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const { field } = AttributeProtoSchema;
const evidence = [
  [field.f, AttributeType.FLOAT],
  [field.i, AttributeType.INT],
  [field.s, AttributeType.STRING],
  [field.t, AttributeType.TENSOR],
  [field.floats, AttributeType.FLOATS],
  [field.ints, AttributeType.INTS],
  [field.strings, AttributeType.STRINGS],
] as const;

/** The attribute's type; very old files leave it out, and the field that is set tells. */
function typeOf(proto: AttributeProto): AttributeType {
  if (proto.type !== AttributeType.UNDEFINED) return proto.type;
  return evidence.find(([member]) => isFieldSet(proto, member))?.[1] ?? AttributeType.UNDEFINED;
}
