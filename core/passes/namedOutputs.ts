import type { GraphBuilder } from '../graph/builder.ts';
import type { Graph } from '../graph/ir.ts';
import { prune } from './prune.ts';

/**
 * What has been built, with these values as outputs under exactly these names, and nothing that they do not need. Reserve the names in the builder
 * first, so that no value of a network takes one.
 */
export function namedOutputs(b: GraphBuilder, outputs: Readonly<Record<string, string>>): Graph {
  for (const [name, value] of Object.entries(outputs)) {
    b.addNode({ name, opType: 'Identity', domain: '', inputs: [value], outputs: [name], attributes: {} });
  }
  const named = Object.keys(outputs);
  return prune(b.build(named), named);
}
