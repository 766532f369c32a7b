import { LoupeError } from '../../base/errors.ts';
import { describeNode } from '../../graph/attributes.ts';
import { type Graph, type Node, loupeDomain } from '../../graph/ir.ts';
import { rewriteGraph } from '../rewrite.ts';
import type { Lower, Lowering, Target } from './define.ts';
import * as lowerings from './index.ts';

const table: ReadonlyMap<string, Lowering> = new Map(
  Object.values(lowerings)
    .flat()
    .map((lowering) => [`${lowering.domain}.${lowering.opType}`, lowering]),
);

function loweringOf(node: Node, target: Target): Lower | undefined {
  return table.get(`${node.domain}.${node.opType}`)?.[target];
}

/** A lowering that emits operators that are lowered in turn ends after a few rounds; more is a mistake in a lowering. */
const maximumRounds = 6;

/** Replaces gradient operators, and ONNX operators that `target` miscomputes or runs slowly, by what runs best there. */
export function lowerGraph(graph: Graph, target: Target): Graph {
  let current = graph;
  for (let round = 0; round < maximumRounds; round++) {
    let changed = false;
    const next = rewriteGraph(current, (node, b) => {
      const replacement = loweringOf(node, target)?.(node, b);
      changed ||= replacement !== undefined;
      return replacement;
    });
    if (!changed) return withoutLoupeOperators(current, target);
    current = next;
  }
  throw new LoupeError('internal', `Lowering for ${target} did not come to an end.`);
}

function withoutLoupeOperators(graph: Graph, target: Target): Graph {
  const left = graph.nodes.find((node) => node.domain === loupeDomain);
  if (left === undefined) return graph;
  throw new LoupeError('internal', `The ${describeNode(left)} has no formulation for ${target}.`);
}
