import { relu } from '../nn/layers/activation.ts';
import { numbered } from '../nn/layers/composition.ts';
import { linear } from '../nn/layers/linear.ts';
import { batchNorm } from '../nn/layers/normalization.ts';
import type { Layer } from '../nn/networkBuilder.ts';
import { defineLesson } from './define.ts';
import { atLeast, atMost } from './shared/checks.ts';
import { classExamples, spirals } from './shared/classPoints.ts';
import { compare } from './shared/compared.ts';
import { meanOfLast } from './shared/fit.ts';
import { initialHealth } from './shared/health.ts';
import { vectorNetwork } from './shared/network.ts';
import { countTo, logarithms, lossCurves } from './shared/series.ts';

const [depth, units] = [8, 32];
const [length, batchSize, epochs, learningRate] = [300, 100, 60, 0.1];

const blocks: readonly { readonly label: string; readonly block: readonly Layer[] }[] = [
  { label: 'without', block: [linear(units), relu] },
  { label: 'with batch normalization', block: [linear(units), batchNorm(), relu] },
];

export const normalization = defineLesson({
  id: 'normalization',
  topic: 'optimization',
  title: 'With and without batch normalization',
  claim:
    'Batch normalization keeps the activations at the same size whatever the weights, so that a deep network learns where it would stay at guessing without.',
  citation: 'Ioffe and Szegedy 2015, algorithm 1',
  async *run(run) {
    const training = classExamples(spirals(run.seed, { length, classes: 2, noise: 0.02 }));
    const variants = blocks.map(({ label, block }) => {
      const layers = Array.from({ length: depth }, () => block).flat();
      return { label, network: vectorNetwork(2, numbered(...layers, linear(2)), { seed: run.seed }) };
    });
    const variances: number[][] = [];
    for (const { network } of variants) {
      const { layers } = await initialHealth(run, { network, loss: { id: 'crossEntropy' } }, training);
      variances.push(layers.map(({ variance }) => variance));
    }
    const trained = yield* compare({ run, variants, training, learningRate, batchSize, epochs });
    const curves = trained.map(({ label, fit: { losses } }) => ({ label, losses }));
    const kept = variances.map((of) => (of.at(-1) ?? Number.NaN) / (of[0] ?? Number.NaN));
    const [plain, normalized] = curves.map(({ losses }) => meanOfLast(losses, 15) / Math.log(2));
    const nan = Number.NaN;
    return {
      results: [
        lossCurves({ name: 'loss', title: 'Two spirals, with and without normalization' }, curves),
        {
          type: 'curve',
          name: 'variance',
          title: 'Variance of the activations by layer, before training',
          x: { label: 'hidden layer', values: countTo(depth) },
          y: { label: 'log₁₀ of the variance' },
          series: blocks.map(({ label }, index) => ({ label, y: logarithms(variances[index] ?? []) })),
          notes: ['Weights uniform in ±1/√n, which is too small for ReLU.'],
        },
      ],
      checks: [
        atLeast('final loss without normalization, in units of guessing', plain ?? nan, 0.8),
        atMost('final loss with normalization, in units of guessing', normalized ?? nan, 0.3),
        atMost('variance in the last layer over the first, without', kept[0] ?? nan, 0.25),
        atLeast('variance in the last layer over the first, with', kept[1] ?? nan, 0.5),
      ],
    };
  },
});
