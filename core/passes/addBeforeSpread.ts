import { shapesEqual } from '../base/shape.ts';
import { readInt } from '../graph/attributes.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Graph } from '../graph/ir.ts';
import { padsChannelsAtEnd } from './padsChannels.ts';
import { rewriteGraph } from './rewrite.ts';

/**
 * Where a residual block begins, the gradients of its strided 3x3 and 1x1 convolutions are added. Both are made
 * phase by phase and spread over space at the end; the sum may be taken before that, and since a 1x1 kernel
 * reaches only the first phase, it is a sum of that phase alone:
 *   D2S(a) + D2S(b) = D2S(a + b),   [p₀, p₁, …] + [q, 0, …] = [p₀ + q, p₁, …].
 */
export function addBeforeSpread(graph: Graph): Graph {
  return rewriteGraph(graph, (node, b) => {
    if (node.domain !== '' || node.opType !== 'Add') return undefined;
    const [left, right] = node.inputs.map((input) => b.producerOf(input));
    if (left?.opType !== 'DepthToSpace' || right?.opType !== 'DepthToSpace') return undefined;
    if (JSON.stringify(left.attributes) !== JSON.stringify(right.attributes)) return undefined;
    const [a = '', c = ''] = [left.inputs[0], right.inputs[0]];
    // A sum that broadcasts has other channels before the spreading than after it.
    if (!shapesEqual(b.shapeOf(a), b.shapeOf(c))) return undefined;
    const sum = phaseSum(b, a, c) ?? phaseSum(b, c, a) ?? b.add('Add', [a, c]);
    return [b.add('DepthToSpace', [sum], left.attributes, { name: node.name })];
  });
}

/** [p₀, p₁, …] + [q, 0, …] where `whole` is that Concat and `partial` that Pad of channels. */
function phaseSum(b: GraphBuilder, whole: string, partial: string): string | undefined {
  const concat = b.producerOf(whole);
  const pad = b.producerOf(partial);
  if (concat?.opType !== 'Concat' || readInt(concat, 'axis') !== 1) return undefined;
  if (pad?.opType !== 'Pad' || !padsChannelsAtEnd(b, pad)) return undefined;
  const [first = '', ...rest] = concat.inputs;
  const [q = ''] = pad.inputs;
  if (!shapesEqual(b.shapeOf(first), b.shapeOf(q))) return undefined;
  return b.add('Concat', [b.add('Add', [first, q]), ...rest], concat.attributes);
}
