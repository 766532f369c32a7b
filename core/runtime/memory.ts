import { totalmem } from 'node:os';
import { LoupeError } from '../base/errors.ts';
import { byteLengthOf } from '../base/tensor.ts';
import type { Graph } from '../graph/ir.ts';

/** Bytes of all constants of a graph. */
export function constantBytes({ constants }: Graph): number {
  return [...constants.values()].reduce((sum, value) => sum + byteLengthOf(value), 0);
}

/** Bytes that a program needs at its worst moment: constants, and the values between their making and their last use. */
export function peakBytes(graph: Graph): number {
  const bytesOf = (name: string): number => {
    const type = graph.types.get(name);
    return type === undefined || graph.constants.has(name)
      ? 0
      : byteLengthOf({ type: type.type, dims: type.shape });
  };
  const lastUse = new Map<string, number>();
  graph.nodes.forEach((node, index) => {
    for (const name of node.inputs) lastUse.set(name, index);
  });
  const kept = new Set(graph.outputs);
  let live = constantBytes(graph);
  live += graph.inputs.reduce((sum, { name }) => sum + bytesOf(name), 0);
  let peak = live;
  graph.nodes.forEach((node, index) => {
    for (const name of node.outputs) live += bytesOf(name);
    peak = Math.max(peak, live);
    for (const name of new Set(node.inputs)) {
      if (lastUse.get(name) === index && !kept.has(name)) live -= bytesOf(name);
    }
  });
  return peak;
}

/** Share of the machine's memory that one program may take. */
const largestShare = 0.8;

/** Refuses a program that this machine cannot hold: asking for it would end the process, not throw. */
export function checkMemory(graph: Graph, available = totalmem() * largestShare): void {
  const needed = peakBytes(graph);
  if (needed <= available) return;
  const gibibytes = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);
  throw new LoupeError(
    'tooLarge',
    `This program would need about ${gibibytes(needed)} GiB of memory, and ${gibibytes(available)} GiB may be used here. Choose a smaller input or a smaller batch.`,
  );
}
