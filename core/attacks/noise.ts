import { z } from 'zod';
import { floatsOf, tensor } from '../base/tensor.ts';
import { type MethodContext, breathe } from '../method/context.ts';
import { count } from '../method/params.ts';
import { type AttackRun, type Budget, defineAttack } from './define.ts';
import { shaved } from './shared/ball.ts';
import { BestTries } from './shared/bestTries.ts';
import { type Chunk, allRows, batchSizeFor, cutRows } from './shared/chunks.ts';
import { logitsOfBatch } from './shared/classify.ts';
import { epsilonParam, normParam } from './shared/params.ts';
import { randomNoise } from './shared/randomStart.ts';
import { rowLength, rowOf, takeRows } from './shared/rows.ts';

/** The baseline: what noise of the same size does. An attack that is not better finds nothing. */
export const noise = defineAttack({
  id: 'noise',
  title: 'Random noise',
  description: 'The best of some random perturbations: what every attack must beat.',
  citation: 'uniform in the L∞ ball, or on the L2 sphere (Rauber et al. 2017, Foolbox)',
  params: z.object({
    epsilon: epsilonParam(),
    norm: normParam(),
    samples: count(10, 'Samples', 'perturbations that are tried; the best one counts', 10_000),
  }),
  budget: ({ norm, epsilon }) => ({ norm, epsilon }),
  async *run(run, { epsilon, norm, samples }) {
    const { context, images, classes } = run;
    const budget = { norm, epsilon };
    const batch = batchSizeFor(context, classes.length, (size) => context.network(size).graph);
    const best = new BestTries(run);
    const chunks = cutRows(allRows(classes.length), batch);
    for (const [at, chunk] of chunks.entries()) {
      // A stream an example: later samples go on where earlier ones ended.
      const streams = chunk.rows.map((row) => context.random(`${run.purposes[row] ?? ''}/noise`));
      for (let sample = 0; sample < samples; sample++) {
        await trySample(run, budget, { chunk, streams, best });
        yield { done: at * samples + sample + 1, total: chunks.length * samples, what: 'Random noise' };
        await breathe(context);
      }
    }
    return { adversarial: shaved(best.images, images, budget) };
  },
});

interface Sampling {
  readonly chunk: Chunk;
  readonly streams: readonly ReturnType<MethodContext['random']>[];
  readonly best: BestTries;
}

async function trySample({ context, images }: AttackRun, budget: Budget, sampling: Sampling): Promise<void> {
  const { chunk, streams, best } = sampling;
  const original = takeRows(images, chunk.padded);
  const data = floatsOf(original).slice();
  streams.forEach((random, at) => {
    data.set(randomNoise(random, rowOf(original, at), budget), at * rowLength(original));
  });
  const noisy = tensor('float32', data, original.dims);
  const logits = await logitsOfBatch(context, noisy);
  chunk.rows.forEach((row, at) => {
    best.offer(row, rowOf(noisy, at), rowOf(logits, at));
  });
}
