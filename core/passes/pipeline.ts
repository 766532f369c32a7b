import type { Graph } from '../graph/ir.ts';
import { verifyGraph } from '../graph/verify.ts';
import type { Target } from './lower/define.ts';
import { addBeforeSpread } from './addBeforeSpread.ts';
import { lowerGraph } from './lower/lower.ts';
import { maskBeforeUnpool } from './maskBeforeUnpool.ts';
import { mergeEqual } from './mergeEqual.ts';
import { prune } from './prune.ts';
import { spreadFlat } from './spreadFlat.ts';
import { sliceEarlier } from './sliceEarlier.ts';
import { sumEarlier } from './sumEarlier.ts';

/** Device-free simplification of a graph with gradients: what several questions share is computed once. */
export function simplify(graph: Graph): Graph {
  return [mergeEqual, maskBeforeUnpool, sliceEarlier, sumEarlier].reduce(
    (current, pass) => prune(pass(current)),
    prune(graph),
  );
}

/** A simplified graph in the operators that `target` runs best, verified. */
export function lowerFor(graph: Graph, target: Target): Graph {
  const passes = [mergeEqual, addBeforeSpread, ...(target === 'cpu' ? [spreadFlat] : [])];
  const lowered = passes.reduce((current, pass) => prune(pass(current)), lowerGraph(graph, target));
  verifyGraph(lowered);
  return lowered;
}
