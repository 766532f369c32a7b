import { LoupeError } from '../../base/errors.ts';
import { describeNode } from '../attributes.ts';
import type { Node } from '../ir.ts';

/**
 * Brings nodes into topological order: in the file's order, but what a node needs comes before it. Checks that
 * every value that is used exists. Values are already known to be defined once.
 *
 * @param known names of inputs and constants.
 */
export function sortNodes<T extends Node>(nodes: readonly T[], known: ReadonlySet<string>): T[] {
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node])));
  const producersOf = (node: T): T[] =>
    node.inputs
      .filter((name) => name !== '' && !known.has(name))
      .map((name) => producers.get(name) ?? undefinedValue(node, name));
  const sorted = new Set<T>();
  for (const node of nodes) addAfterProducers(node, producersOf, sorted);
  return [...sorted];
}

/** Depth first, with a stack of our own: chains in files are longer than call stacks. */
function addAfterProducers<T extends Node>(start: T, producersOf: (node: T) => T[], sorted: Set<T>): void {
  const open = new Map<T, T[]>();
  const stack = [start];
  for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
    const left = open.get(node) ?? (sorted.has(node) ? [] : producersOf(node));
    open.set(node, left);
    const needed = left.pop();
    if (needed === undefined) {
      sorted.add(node);
      stack.pop();
    } else if (!sorted.has(needed)) {
      if (open.has(needed)) throw cyclic(needed);
      stack.push(needed);
    }
  }
}

function undefinedValue(node: Node, name: string): never {
  throw new LoupeError(
    'badGraph',
    `the ${describeNode(node)} uses the value "${name}", which nothing in the graph defines.`,
  );
}

function cyclic(node: Node): LoupeError {
  return new LoupeError('badGraph', `its graph is cyclic: the ${describeNode(node)} needs its own result.`);
}
