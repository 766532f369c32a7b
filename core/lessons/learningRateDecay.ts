import { linear } from '../nn/layers/linear.ts';
import { defineLesson } from './define.ts';
import { atMost } from './shared/checks.ts';
import { type Fit, fit, meanOfLast } from './shared/fit.ts';
import { closedForm, linearData, linearExamples, meanSquaredErrorOf } from './shared/linearData.ts';
import { vectorNetwork } from './shared/network.ts';
import type { Choice } from './shared/problem.ts';
import { countTo, logarithms } from './shared/series.ts';

const [length, width, noise, batchSize, epochs] = [400, 10, 1, 4, 20];
const [large, small] = [0.03, 0.0003];

const rates: readonly { readonly label: string; readonly schedule: Choice; readonly learningRate: number }[] =
  [
    { label: `always ${large}`, schedule: { id: 'constant' }, learningRate: large },
    { label: `always ${small}`, schedule: { id: 'constant' }, learningRate: small },
    { label: `${large}, staircase ×0.1`, schedule: { id: 'staircase' }, learningRate: large },
    { label: `${large}, cosine`, schedule: { id: 'cosine' }, learningRate: large },
  ];

/** What is above the least loss falls to a floor that is proportional to the learning rate, and falls the faster the larger it is. */
export const learningRateDecay = defineLesson({
  id: 'learningRateDecay',
  topic: 'optimization',
  title: 'Learning rate decay',
  claim:
    'A large learning rate comes near the minimum soon but fluctuates about it, a small one is slow; a large one that decays does both.',
  citation: 'Robbins and Monro 1951; Bottou, Curtis and Nocedal 2018, theorem 4.6',
  async *run(run) {
    const data = linearData(run.seed, { length, width, noise });
    const least = meanSquaredErrorOf(data, closedForm(data));
    const examples = linearExamples(data);
    const fits: Fit[] = [];
    for (const [index, { label, ...rate }] of rates.entries()) {
      fits.push(
        yield* fit({
          run,
          what: label,
          part: [index, rates.length],
          network: vectorNetwork(width, linear(1), { seed: run.seed }),
          loss: { id: 'meanSquaredError' },
          training: examples,
          // The loss of all examples at the end of each epoch, without the noise of batches.
          validation: examples,
          batchSize,
          epochs,
          ...rate,
        }),
      );
    }
    const excesses = fits.map((of) =>
      of.epochs.map(({ validation }) => (validation?.loss ?? Number.NaN) - least),
    );
    const [always, slow, staircase, cosine] = excesses.map((of) => meanOfLast(of, 3));
    const nan = Number.NaN;
    return {
      results: [
        {
          type: 'curve',
          name: 'loss',
          title: 'Loss above the least by learning rate',
          x: { label: 'epoch', values: countTo(epochs) },
          y: { label: 'log₁₀ of (loss − least loss)' },
          series: rates.map(({ label }, index) => ({ label, y: logarithms(excesses[index] ?? []) })),
          notes: [
            `Least squares with noise: ${length} examples of ${width} numbers in batches of ${batchSize}, ${(length / batchSize) * epochs} steps.`,
          ],
        },
      ],
      checks: [
        atMost(
          'staircase: final loss above the least, over that of the large rate',
          (staircase ?? nan) / (always ?? nan),
          0.1,
        ),
        atMost(
          'cosine: final loss above the least, over that of the large rate',
          (cosine ?? nan) / (always ?? nan),
          0.1,
        ),
        atMost(
          'staircase: final loss above the least, over that of the small rate',
          (staircase ?? nan) / (slow ?? nan),
          0.1,
        ),
      ],
    };
  },
});
