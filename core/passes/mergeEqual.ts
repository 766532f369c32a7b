import type { Tensor } from '../base/tensor.ts';
import { exactNumber } from '../graph/attributes.ts';
import type { Attribute, Graph, Node } from '../graph/ir.ts';
import { rewriteGraph } from './rewrite.ts';

/**
 * Merges nodes that compute the same thing from the same values (common subexpressions), so that
 * several questions about one image share what they have in common of the backward pass too.
 */
export function mergeEqual(graph: Graph): Graph {
  const known = new Map<string, readonly string[]>();
  const identity = new Map<Tensor, number>();
  return rewriteGraph(graph, (node) => {
    const key = keyOf(node, identity);
    const earlier = known.get(key);
    if (earlier === undefined) known.set(key, node.outputs);
    return earlier;
  });
}

function keyOf(node: Node, identity: Map<Tensor, number>): string {
  const attributes = Object.entries(node.attributes)
    .map(([name, attribute]) => `${name}=${attributeKey(attribute, identity)}`)
    .sort();
  const present = node.outputs.map((output) => (output === '' ? '0' : '1')).join('');
  return [node.domain, node.opType, present, node.inputs.join(','), ...attributes].join('|');
}

function attributeKey(attribute: Attribute, identity: Map<Tensor, number>): string {
  if (attribute.kind !== 'tensor') return `${attribute.kind}:${JSON.stringify(attribute.value, exactNumber)}`;
  const known = identity.get(attribute.value) ?? identity.size;
  identity.set(attribute.value, known);
  return `tensor:${known}`;
}
