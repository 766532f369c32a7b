import type { Tensor } from '../../../base/tensor.ts';
import type { Attribute, Attributes, Node } from '../../ir.ts';

/** What a normalisation may ask and add. */
export interface Rewriter {
  /** The opset that the node was written in. */
  readonly opset: number;
  constantOf(name: string): Tensor | undefined;
  /** Number of dimensions of a value, where it can be told without the input's shape. */
  rankOf(name: string): number | undefined;
  /** Whether anything uses a value. */
  isUsed(name: string): boolean;
  /** Adds a constant and returns its name. */
  constant(value: Tensor): string;
  /** Adds a node before the one being rewritten and returns its output. */
  emit(opType: string, inputs: readonly string[], attributes?: Attributes): string;
}

/** Brings one operator of some opsets into its canonical form. */
export interface Normalisation {
  readonly opTypes: readonly string[];
  /** Applies to opsets from here … */
  readonly from?: number;
  /** … to below here. */
  readonly before?: number;
  /** The canonical node; it defines the same outputs. */
  readonly rewrite: (node: Node, r: Rewriter) => Node;
}

export function without(attributes: Attributes, ...names: readonly string[]): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !names.includes(name)));
}

export function withAttribute(node: Node, name: string, value: Attribute): Node {
  return { ...node, attributes: { ...node.attributes, [name]: value } };
}

/** The node with `name` as its input number `index`, absent inputs before it being ''. */
export function withInput(node: Node, index: number, name: string): Node {
  const inputs = Array.from({ length: Math.max(node.inputs.length, index + 1) }, (_, at) =>
    at === index ? name : (node.inputs[at] ?? ''),
  );
  return { ...node, inputs };
}

/** Leaves trailing absent inputs out. */
export function trimmed(node: Node): Node {
  const last = node.inputs.findLastIndex((name) => name !== '');
  return { ...node, inputs: node.inputs.slice(0, last + 1) };
}
