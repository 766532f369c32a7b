import { z } from 'zod';
import { normals, seededRandom } from '../../core/base/random.ts';
import { sizeOf } from '../../core/base/shape.ts';
import { type Tensor, float32, floatsOf, tensor } from '../../core/base/tensor.ts';
import type { Graph } from '../../core/graph/ir.ts';
import { type BuiltNetwork, buildNetwork } from '../../core/nn/buildNetwork.ts';
import type { Layer } from '../../core/nn/networkBuilder.ts';
import { outputOf } from '../../core/runtime/program.ts';
import type { Runtime } from '../../core/runtime/runtime.ts';
import { pack } from '../../core/training/layout.ts';
import { names } from '../../core/training/names.ts';
import type { Batch, Values } from '../../core/training/programs.ts';
import { type Trainable, trainableOf } from '../../core/training/trainable.ts';

/** One layer, or several in a chain, as a network for pictures of this shape; it ends in [N, K]. */
export function builtOf(layer: Layer, shape: readonly [number, number, number], seed = 1): BuiltNetwork {
  const [channels, height, width] = shape;
  const definition = {
    id: 'small',
    params: z.object({}),
    input: () => ({ channels, height, width }),
    build: () => layer,
  };
  return buildNetwork(definition, {}, { seed });
}

export const trainableFrom = (layer: Layer, shape: readonly [number, number, number], seed = 1): Trainable =>
  trainableOf(builtOf(layer, shape, seed));

/** The values that a network begins with. */
export const initialValues = ({ graph, parameters, buffers }: Trainable): Values => ({
  theta: pack(parameters, graph.constants),
  buffers: pack(buffers, graph.constants),
});

/** Pixels in [0, 1] and one-hot classes, all drawn. */
export function drawnBatch({ exampleShape }: Trainable, outputs: number, size: number, seed = 5): Batch {
  const random = seededRandom(seed);
  const targets = new Float32Array(size * outputs);
  for (let at = 0; at < size; at++) targets[at * outputs + random.integer(outputs)] = 1;
  return {
    images: Float32Array.from({ length: size * sizeOf(exampleShape) }, () => random.uniform()),
    targets,
  };
}

/** Standard normal numbers from a seed. */
export const drawn = (length: number, seed: number, scale = 1): Float32Array =>
  normals(seededRandom(seed), length, scale);

/** Runs a graph of a training and returns its outputs by name. */
export async function runGraph(
  runtime: Runtime,
  graph: Graph,
  { trainable, batch, values }: { trainable: Trainable; batch: Batch; values: Values },
  extras: Readonly<Record<string, Tensor>> = {},
): Promise<(name: string) => Float32Array> {
  const program = await runtime.compile(graph);
  const size = batch.images.length / sizeOf(trainable.exampleShape);
  const result = await program.run({
    [names.images]: tensor('float32', batch.images, [size, ...trainable.exampleShape]),
    [names.targets]: tensor('float32', batch.targets, [size, batch.targets.length / size]),
    [names.theta]: float32(values.theta),
    [names.buffers]: float32(values.buffers),
    ...extras,
  });
  return (name) => floatsOf(outputOf(result, name));
}

/** The greatest difference between two lists; NaN where their lengths differ. */
export function greatestDifference(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  if (found.length !== wanted.length) return Number.NaN;
  return Array.from(wanted).reduce(
    (most, value, at) => Math.max(most, Math.abs(value - (found[at] ?? Number.NaN))),
    0,
  );
}
