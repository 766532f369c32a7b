import { LoupeError } from '../base/errors.ts';
import { formatShape, shapesEqual, sizeOf } from '../base/shape.ts';
import { type ElementType, type Tensor, byteLengthOf } from '../base/tensor.ts';
import { describeNode } from './attributes.ts';
import type { Graph, ValueType } from './ir.ts';

/**
 * Checks what every pass relies on: each value has one origin and is defined before it is used, the outputs
 * exist, and constants and types are what they say. Whether a node is legal is the operator registry's matter.
 * The data of weights that lie in files is not touched.
 *
 * @throws LoupeError badGraph.
 */
export function verifyGraph(graph: Graph): void {
  const defined = verifyDefinitions(graph);
  verifyOutputs(graph, defined);
  for (const input of graph.inputs) verifyDims(`input "${input.name}"`, input.dims);
  for (const [name, value] of graph.constants) verifyConstant(name, value);
  if (graph.types.size > 0) verifyTypes(graph, defined);
}

/** Walks the graph in order and returns the names of all values. */
function verifyDefinitions(graph: Graph): ReadonlySet<string> {
  const defined = new Set<string>();
  const define = (name: string): void => {
    if (defined.has(name)) throw bad(`the value "${name}" is defined twice.`);
    defined.add(name);
  };
  for (const name of [...graph.inputs.map((input) => input.name), ...graph.constants.keys()]) {
    if (name === '') throw bad('an input or a constant has no name.');
    define(name);
  }
  for (const node of graph.nodes) {
    for (const name of node.inputs) {
      if (name !== '' && !defined.has(name))
        throw bad(`the ${describeNode(node)} uses the value "${name}", which is not defined before it.`);
    }
    if (node.outputs.every((name) => name === '')) throw bad(`the ${describeNode(node)} has no output.`);
    node.outputs.filter((name) => name !== '').forEach(define);
  }
  return defined;
}

function verifyOutputs({ outputs }: Graph, defined: ReadonlySet<string>): void {
  if (outputs.length === 0) throw bad('it has no output.');
  for (const name of outputs) {
    if (!defined.has(name)) throw bad(`nothing defines its output "${name}".`);
  }
  const twice = outputs.find((name, index) => outputs.indexOf(name) !== index);
  if (twice !== undefined) throw bad(`it has the output "${twice}" twice.`);
}

const arrays = {
  float32: Float32Array,
  int64: BigInt64Array,
  int32: Int32Array,
  bool: Uint8Array,
  uint8: Uint8Array,
  int8: Int8Array,
} as const satisfies Record<ElementType, unknown>;

function verifyConstant(name: string, value: Tensor): void {
  verifyDims(`constant "${name}"`, value.dims);
  const wanted = byteLengthOf(value);
  const received = value.file?.byteLength ?? heldData(value)?.byteLength ?? wanted;
  if (received !== wanted) {
    throw bad(
      `the constant "${name}" of shape ${formatShape(value.dims)} needs ${wanted} bytes and has ${received}.`,
    );
  }
  const data = heldData(value);
  if (data !== undefined && !(data instanceof arrays[value.type])) {
    throw bad(`the constant "${name}" is ${value.type}, but its data is ${data.constructor.name}.`);
  }
}

/** The data of a tensor in memory; undefined where a getter would have to fetch or convert it. */
function heldData(value: Tensor): Tensor['data'] | undefined {
  return Object.getOwnPropertyDescriptor(value, 'data')?.get === undefined ? value.data : undefined;
}

function verifyTypes(graph: Graph, defined: ReadonlySet<string>): void {
  for (const name of defined) {
    const type = graph.types.get(name);
    if (type === undefined) throw bad(`the value "${name}" has no type, though others have.`);
    verifyDims(`value "${name}"`, type.shape);
  }
  for (const [name, value] of graph.constants)
    verifyType(graph, name, { type: value.type, shape: value.dims });
  for (const input of graph.inputs) {
    const shape = input.dims.map((dim, axis) =>
      typeof dim === 'number' ? dim : (graph.types.get(input.name)?.shape[axis] ?? 0),
    );
    verifyType(graph, input.name, { type: input.type, shape });
  }
}

function verifyType({ types }: Graph, name: string, wanted: ValueType): void {
  const type = types.get(name);
  if (type?.type === wanted.type && shapesEqual(type.shape, wanted.shape)) return;
  const shown = (value: ValueType): string => `${value.type}[${formatShape(value.shape)}]`;
  throw bad(
    `the value "${name}" is ${shown(wanted)}, but typed ${type === undefined ? 'not at all' : shown(type)}.`,
  );
}

function verifyDims(what: string, dims: readonly (number | string)[]): void {
  const known = dims.filter((dim) => typeof dim === 'number');
  if (known.every((dim) => Number.isSafeInteger(dim) && dim >= 0) && Number.isSafeInteger(sizeOf(known)))
    return;
  throw bad(`the ${what} has the shape ${formatShape(dims)}, which is not possible.`);
}

function bad(detail: string): LoupeError {
  return new LoupeError('badGraph', `The graph is not valid: ${detail}`);
}
