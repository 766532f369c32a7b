import type { ElementType, Tensor } from '../base/tensor.ts';
import type { Shape } from '../base/shape.ts';

interface AttributeValues {
  int: number;
  ints: readonly number[];
  float: number;
  floats: readonly number[];
  string: string;
  strings: readonly string[];
  tensor: Tensor;
  /** A kind that Loupe does not compute with (subgraphs, sparse tensors, types): kept so that it can be named. */
  other: string;
}

export type AttributeKind = keyof AttributeValues;

export type AttributeValue<K extends AttributeKind> = AttributeValues[K];

/** An attribute keeps its ONNX kind, because 1 (int) and 1 (float) are different attributes in a file. */
export type Attribute = {
  [K in AttributeKind]: { readonly kind: K; readonly value: AttributeValues[K] };
}[AttributeKind];

export type Attributes = Readonly<Record<string, Attribute>>;

/** One operator. Absent optional inputs and outputs are `''`, as in ONNX. */
export interface Node {
  readonly name: string;
  readonly opType: string;
  /** `''` for ONNX's own operators, `loupe` for our gradient operators, else as in the file. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

export interface ValueType {
  readonly type: ElementType;
  readonly shape: Shape;
}

/** A dimension as a file declares it: known, or named, or not given (`'?'`). */
export type Dim = number | string;

export interface GraphInput {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly Dim[];
}

/**
 * An immutable graph in static single assignment: every value has one name and one origin (an
 * input, a constant or one output of a node). Nodes are in topological order.
 */
export interface Graph {
  readonly name: string;
  readonly inputs: readonly GraphInput[];
  readonly outputs: readonly string[];
  readonly nodes: readonly Node[];
  readonly constants: ReadonlyMap<string, Tensor>;
  /** Types of all values; empty until the graph has been specialised to an input shape. */
  readonly types: ReadonlyMap<string, ValueType>;
  /** The file's metadata_props. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The opset that every graph is normalised to when it is read, and written in. */
export const canonicalOpset = 21;

/** Domain of the gradient operators that `passes/lower` replaces before anything runs. */
export const loupeDomain = 'loupe';

export const int = (value: number): Attribute => ({ kind: 'int', value });
export const ints = (value: readonly number[]): Attribute => ({ kind: 'ints', value });
export const float = (value: number): Attribute => ({ kind: 'float', value });
export const floats = (value: readonly number[]): Attribute => ({ kind: 'floats', value });
export const string = (value: string): Attribute => ({ kind: 'string', value });
