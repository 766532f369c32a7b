import type { Tensor } from '../../../base/tensor.ts';
import type { GraphBuilder } from '../../../graph/builder.ts';

const known = new WeakMap<GraphBuilder, Map<string, string>>();

/**
 * A constant computed from the constant `source`: made once for each graph and recipe, however many
 * nodes want it.
 */
export function derivedConstant(b: GraphBuilder, source: string, recipe: string, make: () => Tensor): string {
  const names = known.get(b) ?? new Map<string, string>();
  known.set(b, names);
  const key = JSON.stringify([source, recipe]);
  const name = names.get(key) ?? b.constant(make(), `${source}/derived`);
  names.set(key, name);
  return name;
}
