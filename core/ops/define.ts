import type { Tensor } from '../base/tensor.ts';
import type { Shape } from '../base/shape.ts';
import type { AttributeKind, Attributes, Node, ValueType } from '../graph/ir.ts';
import type { GraphBuilder, InferContext } from '../graph/builder.ts';

/** What a shape rule sees. */
export interface ShapeContext extends InferContext {
  readonly node: Node;
  /** Types of the inputs that are present; absent optional inputs are undefined. */
  readonly inputs: readonly (ValueType | undefined)[];
  /** Type of input `index`; an error sentence if it is absent. */
  readonly input: (index: number) => ValueType;
  /** The constant behind input `index`, if it is present and constant. */
  readonly constant: (index: number) => Tensor | undefined;
  /** The integers behind input `index`; an error sentence if it is not a constant. */
  readonly integers: (index: number) => number[];
}

/** What a gradient rule sees. It emits nodes through `b` and names the results. */
export interface VjpContext {
  readonly b: GraphBuilder;
  readonly node: Node;
  /** Primal values: names of inputs and outputs of the node. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Cotangent of the first output. Rules of operators with one output need no other. */
  readonly ct: string;
  /** Cotangents of all outputs; undefined where nothing depends on that output. */
  readonly cts: readonly (string | undefined)[];
  /** Name of input `index`, which must be present. */
  readonly input: (index: number) => string;
  /** Name of output `index`. */
  readonly output: (index: number) => string;
  /** Whether anybody asked for the cotangent of input `index`; skip the work if not. */
  readonly needs: (index: number) => boolean;
  readonly shapeOf: (name: string) => Shape;
  readonly constant: (index: number) => Tensor | undefined;
}

/**
 * Cotangents of the inputs, by position; undefined where it is not needed or identically zero.
 * A result may have the broadcast shape of the output: the walk sums it back to the input's shape.
 */
export type Vjp = (context: VjpContext) => readonly (string | undefined)[];

/** A small instance of an operator, for the conformance tests. */
export interface Sample {
  /** Says what is special about it: `stride 2, asymmetric pads`. */
  readonly title: string;
  /** Inputs in order. A generator draws away from kinks and poles; a Tensor is a constant. '' is an absent input. */
  readonly inputs: readonly (SampleInput | Tensor | '')[];
  readonly attributes?: Attributes;
  readonly outputs?: number;
  /** Tolerance of the comparison with finite differences, relative; 3e-4 unless told, at most 5e-4. */
  readonly tolerance?: number;
}

/** A float32 input that the test draws and differentiates by. */
export interface SampleInput {
  readonly dims: Shape;
  /** Uniform range; [-1, 1] unless told. */
  readonly range?: readonly [number, number];
  /** Keep values at least this far away from these points (kinks). */
  readonly avoid?: { readonly points: readonly number[]; readonly margin: number };
  /** All elements differ by at least 0.1 (for maxima). */
  readonly distinct?: boolean;
}

export interface OperatorDefinition {
  readonly opType: string;
  readonly domain: string;
  /** Least and greatest number of inputs and outputs. */
  readonly arity: { readonly inputs: readonly [number, number]; readonly outputs: readonly [number, number] };
  /** Attributes that the operator may carry; any other makes the graph illegal. */
  readonly attributes: Readonly<Record<string, AttributeKind>>;
  /** Types of the outputs, in order. */
  readonly infer: (context: ShapeContext) => readonly ValueType[];
  /** The derivative: a rule; 'zero' where it is zero almost everywhere; 'nondifferentiable' where there is none. */
  readonly vjp: Vjp | 'zero' | 'nondifferentiable';
  /** Exact evaluation in JavaScript, so that shape arithmetic can be folded away. */
  readonly evaluate?: (
    inputs: readonly (Tensor | undefined)[],
    node: Node,
    outputs: readonly ValueType[],
  ) => readonly Tensor[];
  /**
   * Evaluation from the types of the inputs alone (Shape, Size): it folds even where the inputs are not
   * constants. Undefined where the node has to run after all.
   */
  readonly evaluateFromTypes?: (
    types: readonly (ValueType | undefined)[],
    node: Node,
  ) => readonly Tensor[] | undefined;
  readonly samples: readonly Sample[];
}

/** Any number of inputs or outputs. */
export const many = Number.POSITIVE_INFINITY;

type Defaults = 'domain' | 'arity' | 'attributes';

/** Defines an operator; ONNX's domain, one input, one output and no attributes unless told. */
export function defineOperator(
  definition: Omit<OperatorDefinition, Defaults> & Partial<Pick<OperatorDefinition, Defaults>>,
): OperatorDefinition {
  return Object.freeze({
    domain: '',
    arity: { inputs: [1, 1] as const, outputs: [1, 1] as const },
    attributes: {},
    ...definition,
  });
}
