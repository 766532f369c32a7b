import { formatShape, sizeOf } from '../base/shape.ts';
import type { Tensor } from '../base/tensor.ts';
import type { Attribute, Graph, Node } from './ir.ts';

/** Constants up to this many elements are printed with their values. */
const shownElements = 8;

/** The graph as text, one line a node: for golden tests and for people. */
export function printGraph(graph: Graph): string {
  const inputs = graph.inputs.map(
    ({ name, type, dims }) => `input ${value(name)}: ${type}[${formatDims(dims)}]`,
  );
  const constants = [...graph.constants].map(
    ([name, tensor]) => `constant ${value(name)}: ${printTensor(tensor)}`,
  );
  const nodes = graph.nodes.map((node) => printNode(graph, node));
  const lines = [`graph ${graph.name}`, ...inputs, ...constants, ...nodes];
  return `${lines.join('\n')}\nreturn ${graph.outputs.map(value).join(', ')}\n`;
}

function printNode({ types }: Graph, node: Node): string {
  const outputs = node.outputs.map((name) => {
    const type = types.get(name);
    return type === undefined ? value(name) : `${value(name)}: ${type.type}[${formatDims(type.shape)}]`;
  });
  const operator = node.domain === '' ? node.opType : `${node.domain}.${node.opType}`;
  const attributes = Object.entries(node.attributes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, attribute]) => `${name}=${printAttribute(attribute)}`);
  const braces = attributes.length === 0 ? '' : ` {${attributes.join(', ')}}`;
  return `${outputs.join(', ')} = ${operator}(${node.inputs.map(value).join(', ')})${braces}  # ${node.name}`;
}

/** An absent optional value is an underscore. */
const value = (name: string): string => (name === '' ? '_' : `%${name}`);

const formatDims = (dims: readonly (number | string)[]): string =>
  dims.length === 0 ? '' : formatShape(dims);

function printAttribute(attribute: Attribute): string {
  switch (attribute.kind) {
    case 'int':
      return String(attribute.value);
    case 'ints':
      return `[${attribute.value.join(',')}]`;
    case 'float':
      return printFloat(attribute.value);
    case 'floats':
      return `[${attribute.value.map(printFloat).join(',')}]`;
    case 'string':
      return JSON.stringify(attribute.value);
    case 'strings':
      return JSON.stringify(attribute.value);
    case 'tensor':
      return printTensor(attribute.value);
    case 'other':
      return `<${attribute.value}>`;
  }
}

function printTensor(tensor: Tensor): string {
  const type = `${tensor.type}[${formatDims(tensor.dims)}]`;
  if (sizeOf(tensor.dims) > shownElements) return type;
  const show = tensor.type === 'float32' ? printFloat : Number;
  const elements = Array.from(tensor.data as ArrayLike<number | bigint>, (element) => show(Number(element)));
  return `${type} = [${elements.join(',')}]`;
}

/** The shortest decimal that is the same float32: a float is told from an integer by its point. */
function printFloat(number: number): string {
  const wanted = Math.fround(number);
  const digits = [6, 7, 8, 9].find((count) => Math.fround(Number(wanted.toPrecision(count))) === wanted);
  const text = String(digits === undefined ? wanted : Number(wanted.toPrecision(digits)));
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}
