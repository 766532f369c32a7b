import type { GraphBuilder } from '../graph/builder.ts';
import { newBuilder } from '../ops/registry.ts';
import { names } from './names.ts';

/** A builder in which the names of a training's outputs are kept from the network's own values. */
export function trainingBuilder(): GraphBuilder {
  const b = newBuilder();
  b.reserve(Object.values(names).filter((name) => typeof name === 'string'));
  return b;
}
