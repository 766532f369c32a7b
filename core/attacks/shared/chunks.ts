import type { Graph } from '../../graph/ir.ts';
import type { MethodContext } from '../../method/context.ts';

/** Larger batches gain nothing on a processor, and a run of a program cannot be cancelled. */
const largestBatch = 128;

/**
 * The batch at which `count` examples are attacked: as large as memory allows, and so that all chunks are about equally full,
 * because one program serves them all.
 */
export function batchSizeFor(
  context: MethodContext,
  count: number,
  graphAt: (batch: number) => Graph,
): number {
  const most = context.batchFor(Math.min(count, largestBatch), graphAt);
  return Math.max(1, Math.ceil(count / Math.ceil(count / most)));
}

/** Some of the examples, at a program's batch size. */
export interface Chunk {
  /** The examples that count. */
  readonly rows: readonly number[];
  /** The same, filled up to the batch with repetitions of the first; what comes of those is not looked at. */
  readonly padded: readonly number[];
}

export function cutRows(rows: readonly number[], batch: number): Chunk[] {
  return Array.from({ length: Math.ceil(rows.length / batch) }, (_, index) => {
    const own = rows.slice(index * batch, (index + 1) * batch);
    const padded = Array.from({ length: batch }, (_unused, at) => own[at] ?? own[0] ?? 0);
    return { rows: own, padded };
  });
}

/** 0, 1, … n − 1. */
export function allRows(count: number): number[] {
  return Array.from({ length: count }, (_, row) => row);
}
