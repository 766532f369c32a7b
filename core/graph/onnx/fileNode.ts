import { LoupeError } from '../../base/errors.ts';
import { describeNode } from '../attributes.ts';
import { type Attribute, type Node, canonicalOpset, loupeDomain } from '../ir.ts';
import { decodeAttribute } from './attributes.ts';
import type { NodeProto, OperatorSetIdProto } from './gen/onnx_pb.js';
import type { Source } from './source.ts';

/** A node as a file has it: its operator means what the file's (or function's) opset says. */
export interface FileNode extends Node {
  readonly opset: number;
}

/** Attributes that operators lost before opset 7 and that exporters went on writing; they mean nothing. */
const forgotten = new Set(['consumed_inputs']);

/** Attributes of the function that a node stands in, by which `ref_attr_name` is resolved. */
export type Arguments = ReadonlyMap<string, Attribute>;

export function decodeNode(
  proto: NodeProto,
  opset: number,
  source: Source,
  values: Arguments = new Map(),
): FileNode {
  const domain = onnxDomain(proto.domain);
  const node = { name: proto.name, opType: proto.opType, domain, opset };
  if (domain === loupeDomain) {
    throw new LoupeError(
      'badFile',
      `the ${proto.opType} node "${proto.name}" is of the domain "loupe", which no file may use.`,
    );
  }
  const attributes: Record<string, Attribute> = {};
  for (const attribute of proto.attribute) {
    if (forgotten.has(attribute.name)) continue;
    const { name, refAttrName } = attribute;
    const value = refAttrName === '' ? decodeAttribute(attribute, source) : values.get(refAttrName);
    if (Object.hasOwn(attributes, name)) {
      throw new LoupeError(
        'badFile',
        `the ${describeNode({ ...node, inputs: [], outputs: [], attributes })} has its attribute "${name}" twice.`,
      );
    }
    if (value !== undefined) Object.defineProperty(attributes, name, { value, enumerable: true });
  }
  return { ...node, inputs: proto.input, outputs: proto.output, attributes };
}

/** ONNX's own domain has two spellings. */
export function onnxDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}

/** Opset 7 brought today's broadcasting; earlier files mean other things by the same operators. */
const oldestOpset = 7;
/** The newest opset whose changes to the operators below 22 were looked through. */
const newestOpset = 28;

/** The version of ONNX's own operators that a model or function is written in. */
export function opsetOf(imports: readonly OperatorSetIdProto[]): number {
  const own = imports.find(({ domain }) => onnxDomain(domain) === '');
  // A model of other domains only has no opset of ours, and no node that would ask for it.
  if (own === undefined && imports.length > 0) return canonicalOpset;
  const version = Number(own?.version ?? 0);
  if (version >= oldestOpset && version <= newestOpset) return version;
  const found = own === undefined ? 'it does not say which opset it uses' : `it uses opset ${version}`;
  throw new LoupeError(
    'badFile',
    `${found}, and Loupe reads opsets ${oldestOpset} to ${newestOpset}. Export the model again, best with opset ${canonicalOpset}.`,
  );
}
