import { LoupeError, messageOf } from '../base/errors.ts';
import { numbersOf } from '../base/tensor.ts';
import { describeNode } from '../graph/attributes.ts';
import { GraphBuilder, type InferContext, type InferTypes } from '../graph/builder.ts';
import type { Graph, Node, ValueType } from '../graph/ir.ts';
import type { OperatorDefinition, ShapeContext } from './define.ts';
import * as definitions from './index.ts';

const keyOf = (domain: string, opType: string): string => (domain === '' ? opType : `${domain}.${opType}`);

/** Every operator that Loupe knows, keyed by `opType` or `domain.opType`. */
export const operators: ReadonlyMap<string, OperatorDefinition> = new Map(
  Object.values(definitions)
    .flat()
    .map((definition) => [keyOf(definition.domain, definition.opType), definition]),
);

export function findOperator(node: Pick<Node, 'opType' | 'domain'>): OperatorDefinition | undefined {
  return operators.get(keyOf(node.domain, node.opType));
}

export function operatorOf(node: Node): OperatorDefinition {
  const found = findOperator(node);
  if (found !== undefined) return found;
  const domain = node.domain === '' ? '' : ` of domain "${node.domain}"`;
  throw new LoupeError(
    'unsupportedOperator',
    `The ${describeNode(node)} uses an operator${domain} that Loupe does not know.`,
  );
}

/** The legality of one node: arity and attributes. Throws a sentence. */
export function checkNode(node: Node): void {
  const { arity, attributes } = operatorOf(node);
  checkCount(node, 'inputs', arity.inputs);
  checkCount(node, 'outputs', arity.outputs);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    const kind = attributes[name];
    if (kind === undefined) {
      throw new LoupeError(
        'badGraph',
        `The ${describeNode(node)} carries an attribute "${name}" that ${node.opType} does not have.`,
      );
    }
    if (kind !== attribute.kind) {
      throw new LoupeError(
        'badGraph',
        `Expected ${kind} for attribute "${name}" of ${describeNode(node)} but received ${attribute.kind}.`,
      );
    }
  }
}

function checkCount(node: Node, side: 'inputs' | 'outputs', [least, most]: readonly [number, number]): void {
  const count = node[side].length;
  if (count >= least && count <= most) return;
  const wanted = least === most ? `${least}` : `${least} to ${most}`;
  throw new LoupeError(
    'badGraph',
    `Expected ${wanted} ${side} for ${describeNode(node)} but received ${count}.`,
  );
}

function shapeContext(node: Node, context: InferContext): ShapeContext {
  const inputs = node.inputs.map((name): ValueType | undefined =>
    name === '' ? undefined : context.typeOf(name),
  );
  const input = (index: number): ValueType => {
    const type = inputs[index];
    if (type === undefined)
      throw new LoupeError('badGraph', `The ${describeNode(node)} lacks its input number ${index + 1}.`);
    return type;
  };
  const constant = (index: number) => {
    const name = node.inputs[index];
    return name === undefined || name === '' ? undefined : context.constantOf(name);
  };
  const integers = (index: number): number[] => {
    const found = constant(index);
    if (found !== undefined) return numbersOf(found);
    throw new LoupeError(
      'badGraph',
      `Input number ${index + 1} of ${describeNode(node)} decides a shape, but its value is only known when the network runs. Export the model with fixed sizes.`,
    );
  };
  return {
    typeOf: (name) => context.typeOf(name),
    constantOf: (name) => context.constantOf(name),
    node,
    inputs,
    input,
    constant,
    integers,
  };
}

/** Checks a node and types its outputs; this is what builders and passes are given. */
export const inferNode: InferTypes = (node, context) => {
  checkNode(node);
  try {
    return operatorOf(node).infer(shapeContext(node, context));
  } catch (error) {
    if (error instanceof LoupeError && error.message.includes(describeNode(node))) throw error;
    throw new LoupeError('badGraph', `The ${describeNode(node)} is not valid: ${messageOf(error)}`, {
      cause: error,
    });
  }
};

/** An empty builder, or one that starts from all of a specialised graph. */
export function newBuilder(graph?: Graph): GraphBuilder {
  return graph === undefined ? new GraphBuilder(inferNode) : GraphBuilder.from(graph, inferNode);
}
