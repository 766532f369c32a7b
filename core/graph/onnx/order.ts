import { LoupeError } from '../../base/errors.ts';
import { describeNode } from '../attributes.ts';
import type { Node } from '../ir.ts';

/**
 * Brings nodes into topological order, staying near the file's order (Kahn 1962), and checks that every
 * value that is used exists. Values are already known to be defined once.
 *
 * @param known names of inputs and constants.
 */
export function sortNodes<T extends Node>(nodes: readonly T[], known: ReadonlySet<string>): T[] {
  const producers = new Map(nodes.flatMap((node, index) => node.outputs.map((name) => [name, index])));
  const consumers = nodes.map((): number[] => []);
  const missing = nodes.map((node, index) => {
    const inputs = new Set(node.inputs.filter((name) => name !== '' && !known.has(name)));
    for (const name of inputs) {
      const producer = producers.get(name);
      if (producer === undefined) throw undefinedValue(node, name);
      consumers[producer]?.push(index);
    }
    return inputs.size;
  });
  const order = kahn(missing, consumers);
  if (order.length < nodes.length) throw cyclic(nodes, new Set(order));
  return order.flatMap((index) => nodes[index] ?? []);
}

/** Indices in an order in which everybody comes after what it waits for. */
function kahn(waiting: number[], consumers: readonly (readonly number[])[]): number[] {
  const order = waiting.flatMap((count, index) => (count === 0 ? [index] : []));
  for (let next = 0; next < order.length; next++) {
    for (const consumer of consumers[order[next] ?? 0] ?? []) {
      const left = (waiting[consumer] ?? 0) - 1;
      waiting[consumer] = left;
      if (left === 0) order.push(consumer);
    }
  }
  return order;
}

function undefinedValue(node: Node, name: string): LoupeError {
  return new LoupeError(
    'badGraph',
    `the ${describeNode(node)} uses the value "${name}", which nothing in the graph defines.`,
  );
}

function cyclic(nodes: readonly Node[], sorted: ReadonlySet<number>): LoupeError {
  const inCycle = nodes.find((_, index) => !sorted.has(index));
  const named = inCycle === undefined ? 'a node' : `the ${describeNode(inCycle)}`;
  return new LoupeError('badGraph', `its graph is cyclic: ${named} needs its own result.`);
}
