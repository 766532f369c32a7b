import type { GraphBuilder } from '../graph/builder.ts';
import type { Node } from '../graph/ir.ts';
import type { Vjp } from '../ops/define.ts';

/** An alternative backward rule, named and cited. It emits nodes as an operator's own derivative does. */
export interface BackwardRule {
  readonly id: string;
  readonly title: string;
  readonly citation: string;
  readonly vjp: Vjp;
}

export interface CompositeEntry {
  readonly matches: (node: Node, b: GraphBuilder) => boolean;
  readonly rule: BackwardRule;
}

/** Which nodes get which rule: the first match wins, and a node without one keeps its derivative. */
export type Composite = readonly CompositeEntry[];

/** The ordinary gradient. */
export const plain: Composite = [];

/** ReLU, and Clip from zero upwards (ReLU6): the units on which guided backprop and deconvnet are defined. */
export function isRectifier(node: Node, b: Pick<GraphBuilder, 'constantOf'>): boolean {
  if (node.domain !== '') return false;
  if (node.opType === 'Relu') return true;
  const least = b.constantOf(node.inputs[1] ?? '');
  return node.opType === 'Clip' && least?.data[0] === 0;
}

/** Matches nodes of ONNX's own domain by operator. */
export function onOperators(...opTypes: readonly string[]): CompositeEntry['matches'] {
  return (node) => node.domain === '' && opTypes.includes(node.opType);
}
