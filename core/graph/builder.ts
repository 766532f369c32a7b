import { LoupeError } from '../base/errors.ts';
import { sizeOf } from '../base/shape.ts';
import { type Tensor, float32, int64 } from '../base/tensor.ts';
import type { Attributes, Dim, Graph, GraphInput, Node, ValueType } from './ir.ts';

/** What the builder must be told to type a new node: the operator registry provides it (`core/ops`). */
export type InferTypes = (node: Node, context: InferContext) => readonly (ValueType | undefined)[];

export interface InferContext {
  /** Type of a value; throws for a value that does not exist. */
  readonly typeOf: (name: string) => ValueType;
  /** The tensor behind a name if it is a constant. */
  readonly constantOf: (name: string) => Tensor | undefined;
}

export interface AddOptions {
  /** Number of outputs; 1 unless told. */
  outputs?: number;
  /** Hint for the names of the node and its outputs; made unique. */
  name?: string;
  domain?: string;
}

/** Builds a graph node by node; every value is typed as soon as it exists, so a rule can ask for shapes. */
export class GraphBuilder implements InferContext {
  readonly #infer: InferTypes;
  readonly #inputs: GraphInput[] = [];
  readonly #nodes: Node[] = [];
  readonly #constants = new Map<string, Tensor>();
  readonly #types = new Map<string, ValueType>();
  readonly #smallConstants = new Map<string, string>();
  readonly #nodeNames = new Set<string>();
  readonly #counters = new Map<string, number>();
  readonly #reserved = new Set<string>();
  readonly #producers = new Map<string, Node>();

  constructor(infer: InferTypes) {
    this.#infer = infer;
  }

  /** Starts from all of `graph`, which must be specialised (typed). */
  static from(graph: Graph, infer: InferTypes): GraphBuilder {
    const builder = new GraphBuilder(infer);
    builder.#inputs.push(...graph.inputs);
    for (const [name, type] of graph.types) builder.#types.set(name, type);
    for (const [name, value] of graph.constants) builder.setConstant(name, value);
    for (const node of graph.nodes) builder.#append(node);
    return builder;
  }

  typeOf(name: string): ValueType {
    const type = this.#types.get(name);
    if (type === undefined) throw new LoupeError('badGraph', `There is no value "${name}" here.`);
    return type;
  }

  shapeOf(name: string): readonly number[] {
    return this.typeOf(name).shape;
  }

  constantOf(name: string): Tensor | undefined {
    return this.#constants.get(name);
  }

  /** The nodes so far, in topological order. */
  get nodes(): readonly Node[] {
    return this.#nodes;
  }

  /** The node that made a value; undefined for inputs and constants. */
  producerOf(name: string): Node | undefined {
    return this.#producers.get(name);
  }

  has(name: string): boolean {
    return this.#types.has(name);
  }

  /** Declares a graph input; `dims` keeps the file's names of dimensions for display. */
  input(name: string, type: ValueType, dims: readonly Dim[] = type.shape): string {
    this.#define(name, type);
    this.#inputs.push({ name, type: type.type, dims });
    return name;
  }

  /** A constant under exactly this name (a weight of the model). */
  setConstant(name: string, value: Tensor): string {
    if (!this.#types.has(name)) this.#types.set(name, { type: value.type, shape: value.dims });
    this.#constants.set(name, value);
    return name;
  }

  /** A constant under a fresh name; equal small constants share one. */
  constant(value: Tensor, hint = 'constant'): string {
    if (sizeOf(value.dims) > 64) return this.setConstant(this.fresh(hint), value);
    const key = `${value.type}:${value.dims.join('x')}:${Array.from(value.data as ArrayLike<number | bigint>, (v) => (Object.is(v, -0) ? '-0' : String(v))).join()}`;
    const known = this.#smallConstants.get(key);
    if (known !== undefined) return known;
    const name = this.setConstant(this.fresh(hint), value);
    this.#smallConstants.set(key, name);
    return name;
  }

  /** A float32 scalar (rank 0). */
  scalar(value: number): string {
    return this.constant(float32([value], []));
  }

  /** An int64 vector, as axes, shapes and pads are given. */
  axes(values: readonly number[]): string {
    return this.constant(int64(values));
  }

  /** Adds a node and returns its first output. */
  add(
    opType: string,
    inputs: readonly string[],
    attributes: Attributes = {},
    options: AddOptions = {},
  ): string {
    const [first] = this.addAll(opType, inputs, attributes, options);
    if (first === undefined) throw new LoupeError('internal', `${opType} was added without an output.`);
    return first;
  }

  /** Adds a node and returns all its outputs. */
  addAll(
    opType: string,
    inputs: readonly string[],
    attributes: Attributes = {},
    options: AddOptions = {},
  ): string[] {
    const hint = options.name ?? opType;
    const name = this.#uniqueNodeName(hint);
    const count = options.outputs ?? 1;
    const outputs = Array.from({ length: count }, () => this.fresh(hint));
    this.addNode({ name, opType, domain: options.domain ?? '', inputs, outputs, attributes });
    return outputs;
  }

  /** Types of the outputs that `node` would have; checks the node. */
  infer(node: Node): readonly (ValueType | undefined)[] {
    return this.#infer(node, this);
  }

  /** Adds a node whose output names are already chosen; its own name is made unique. */
  addNode(node: Node): void {
    const types = this.infer(node);
    node.outputs.forEach((output, index) => {
      if (output === '') return;
      const type = types[index];
      if (type === undefined) {
        throw new LoupeError(
          'badGraph',
          `The ${node.opType} node "${node.name}" has no output number ${index + 1}.`,
        );
      }
      this.#define(output, type);
    });
    const name = this.#uniqueNodeName(node.name);
    this.#append(name === node.name ? node : { ...node, name });
  }

  #append(node: Node): void {
    this.#nodeNames.add(node.name);
    this.#nodes.push(node);
    for (const output of node.outputs) this.#producers.set(output, node);
  }

  build(outputs: readonly string[], rest: { name?: string; metadata?: Graph['metadata'] } = {}): Graph {
    for (const output of outputs) this.typeOf(output);
    return {
      name: rest.name ?? 'graph',
      inputs: [...this.#inputs],
      outputs: [...outputs],
      nodes: [...this.#nodes],
      constants: new Map(this.#constants),
      types: new Map(this.#types),
      metadata: rest.metadata ?? {},
    };
  }

  /** Keeps names that will be defined later from being given to new values. */
  reserve(names: Iterable<string>): void {
    for (const name of names) this.#reserved.add(name);
  }

  /** A value name that is not taken yet; it stays reserved. */
  fresh(hint: string): string {
    let name = hint;
    while (this.#types.has(name) || this.#reserved.has(name)) {
      const count = (this.#counters.get(hint) ?? 0) + 1;
      this.#counters.set(hint, count);
      name = `${hint}.${count}`;
    }
    this.#reserved.add(name);
    return name;
  }

  #uniqueNodeName(hint: string): string {
    if (!this.#nodeNames.has(hint)) return hint;
    for (let count = this.#nodeNames.size; ; count++) {
      const name = `${hint}#${count}`;
      if (!this.#nodeNames.has(name)) return name;
    }
  }

  #define(name: string, type: ValueType): void {
    if (this.#types.has(name)) throw new LoupeError('badGraph', `The value "${name}" is defined twice.`);
    this.#types.set(name, type);
  }
}
