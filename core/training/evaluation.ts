import type { Graph } from '../graph/ir.ts';
import { emitLoss } from './lossGraph.ts';
import { names } from './names.ts';
import type { Problem } from './problem.ts';
import { trainingBuilder } from './builder.ts';
import { namedOutputs } from '../passes/namedOutputs.ts';

/** Logits and losses of a batch by the network as it will be used. */
export function emitEvaluation(problem: Problem, batch: number): Graph {
  const b = trainingBuilder();
  const { forward, losses } = emitLoss(b, problem, batch, 'evaluation');
  return namedOutputs(b, { [names.logits]: forward.logits, [names.losses]: losses });
}
