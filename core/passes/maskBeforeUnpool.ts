import { type Graph, type Node, loupeDomain } from '../graph/ir.ts';
import { rewriteGraph } from './rewrite.ts';

/**
 * ReluGrad(y, MaxPoolGrad(y, p, ct)) = MaxPoolGrad(y, p, ReluGrad(p, ct)).
 *
 * The pool's gradient goes only to positions where y equals its window's maximum p, so the mask
 * y > 0 may be taken on the pooled map, which is a quarter of the size or less.
 */
export function maskBeforeUnpool(graph: Graph): Graph {
  const unpools = new Map<string, Node>();
  return rewriteGraph(graph, (node, b) => {
    if (node.domain !== loupeDomain) return undefined;
    if (node.opType === 'MaxPoolGrad') unpools.set(node.outputs[0] ?? '', node);
    if (node.opType !== 'ReluGrad') return undefined;
    const [y = '', cotangent = ''] = node.inputs;
    const unpool = unpools.get(cotangent);
    const [unpooled, pooled = '', ct = ''] = unpool?.inputs ?? [];
    if (unpool === undefined || unpooled !== y) return undefined;
    const masked = b.add('ReluGrad', [pooled, ct], {}, { domain: loupeDomain, name: node.name });
    return [
      b.add('MaxPoolGrad', [y, pooled, masked], unpool.attributes, {
        domain: loupeDomain,
        name: unpool.name,
      }),
    ];
  });
}
