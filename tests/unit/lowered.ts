import { type Tensor, float32, numbersOf } from '../../core/base/tensor.ts';
import { normals, type Random } from '../../core/base/random.ts';
import { sizeOf } from '../../core/base/shape.ts';
import type { GraphBuilder } from '../../core/graph/builder.ts';
import { newBuilder } from '../../core/ops/registry.ts';
import type { Target } from '../../core/passes/lower/define.ts';
import { lowerGraph } from '../../core/passes/lower/lower.ts';
import { prune } from '../../core/passes/prune.ts';
import { OrtProgram, outputOf } from '../../core/runtime/program.ts';
import { createSession } from '../../core/runtime/session.ts';
import type { Grid } from '../reference/convolution.ts';

/** Random normal numbers that float32 holds exactly. */
export function drawn(random: Random, dims: readonly number[]): Grid {
  return { dims, data: Array.from(normals(random, sizeOf(dims))) };
}

export const tensorOf = ({ dims, data }: Grid): Tensor => float32(data, dims);

/**
 * Builds a graph with `emit`, which names its results, lowers it for `target` and runs it on the CPU: the
 * mathematics of both lowerings can be checked without a GPU.
 */
export async function runLowered<K extends string>(
  target: Target,
  inputs: Readonly<Record<string, Grid>>,
  emit: (b: GraphBuilder) => Readonly<Record<K, string>>,
): Promise<Record<K, Grid>> {
  const b = newBuilder();
  const feeds: Record<string, Tensor> = {};
  for (const [name, grid] of Object.entries(inputs)) {
    feeds[b.input(name, { type: 'float32', shape: grid.dims })] = tensorOf(grid);
  }
  const named = Object.entries<string>(emit(b));
  // A result may be an input or a constant, which a program cannot give back under its own name.
  const results = named.map(([key, value]) => [key, b.add('Identity', [value])] as const);
  const graph = prune(lowerGraph(b.build(results.map(([, name]) => name)), target));
  const session = await createSession(graph, { target: 'cpu', threads: 1 });
  const program = new OrtProgram(session, graph, 'cpu', 0);
  try {
    const run = await program.run(feeds);
    const grids = results.map(([key, name]): [string, Grid] => {
      const value = outputOf(run, name);
      return [key, { dims: value.dims, data: numbersOf(value) }];
    });
    return Object.fromEntries(grids) as Record<K, Grid>;
  } finally {
    await program.release();
  }
}

/** Largest difference, relative to the largest number wanted; infinite for another shape. */
export function distance(found: Grid, wanted: Grid): number {
  if (found.dims.join() !== wanted.dims.join()) return Number.POSITIVE_INFINITY;
  const scale = wanted.data.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  return (
    found.data.reduce((most, value, at) => {
      const difference = Math.abs(value - (wanted.data[at] ?? Number.NaN));
      return difference <= most ? most : difference;
    }, 0) / scale
  );
}
