import type { GraphBuilder } from '../graph/builder.ts';
import type { Graph } from '../graph/ir.ts';
import { newBuilder } from '../ops/registry.ts';
import { prune } from '../passes/prune.ts';
import { names } from './names.ts';

/** A builder in which the names of a training's outputs are kept from the network's own values. */
export function trainingBuilder(): GraphBuilder {
  const b = newBuilder();
  b.reserve(Object.values(names).filter((name) => typeof name === 'string'));
  return b;
}

/** A graph with these outputs under exactly these names, and nothing that they do not need. */
export function built(b: GraphBuilder, outputs: Readonly<Record<string, string>>): Graph {
  for (const [name, value] of Object.entries(outputs)) {
    b.addNode({ name, opType: 'Identity', domain: '', inputs: [value], outputs: [name], attributes: {} });
  }
  const named = Object.keys(outputs);
  return prune(b.build(named), named);
}
