import { relu } from '../nn/layers/activation.ts';
import { chain, numbered, residual } from '../nn/layers/composition.ts';
import { linear } from '../nn/layers/linear.ts';
import { batchNorm } from '../nn/layers/normalization.ts';
import { kaiming, zeros } from '../nn/initializers.ts';
import { defineLesson } from './define.ts';
import { atLeast, atMost } from './shared/checks.ts';
import { classExamples, spirals } from './shared/classPoints.ts';
import { compare } from './shared/compared.ts';
import { meanOfLast } from './shared/fit.ts';
import { initialHealth } from './shared/health.ts';
import { vectorNetwork } from './shared/network.ts';
import { countTo, logarithms, lossCurves } from './shared/series.ts';

const [blocks, units] = [20, 16];
const [length, batchSize, epochs, learningRate] = [300, 100, 40, 0.1];

/** Two layers with batch normalization, as in He et al.'s basic block. */
const branch = numbered(linear(units), batchNorm(), relu, linear(units), batchNorm());

export const residualConnections = defineLesson({
  id: 'residualConnections',
  topic: 'optimization',
  title: 'A deep network with and without residual connections',
  claim:
    'A network too deep to be trained learns as soon as each block adds to its input instead of replacing it.',
  citation: 'He et al. 2016, "Deep residual learning for image recognition", eq. 1',
  async *run(run) {
    const training = classExamples(spirals(run.seed, { length, classes: 2, noise: 0.02 }));
    const variants = [
      { label: 'plain', block: branch },
      { label: 'residual', block: residual(branch) },
    ].map(({ label, block }) => {
      const deep = Array.from({ length: blocks }, () => chain(block, relu));
      const initialization = { linear: kaiming(), bias: zeros };
      const layers = numbered(linear(units), relu, ...deep, linear(2));
      return { label, network: vectorNetwork(2, layers, { seed: run.seed, initialization }) };
    });
    const norms: number[][] = [];
    for (const { network } of variants) {
      const { parameters } = await initialHealth(run, { network, loss: { id: 'crossEntropy' } }, training);
      const firsts = parameters.filter(({ parameter }) => parameter.endsWith('.0.weight'));
      norms.push(firsts.map(({ gradientNorm }) => gradientNorm));
    }
    const trained = yield* compare({ run, variants, training, learningRate, batchSize, epochs });
    const curves = trained.map(({ label, fit: { losses } }) => ({ label, losses }));
    const finals = curves.map(({ losses }) => meanOfLast(losses, 15));
    const [plain = Number.NaN, shortcut = Number.NaN] = finals;
    const growth = norms.map((of) => (of[0] ?? Number.NaN) / (of.at(-1) ?? Number.NaN));
    return {
      results: [
        lossCurves(
          {
            name: 'loss',
            title: 'Two spirals learned with and without shortcuts',
            notes: [
              `${2 * blocks} hidden layers of ${units} units in ${blocks} blocks, all with batch normalization.`,
            ],
          },
          curves,
        ),
        {
          type: 'curve',
          name: 'gradients',
          title: 'Norm of the gradient by block, before training',
          x: { label: 'block', values: countTo(blocks) },
          y: { label: 'log₁₀ of the gradient norm' },
          series: variants.map(({ label }, index) => ({ label, y: logarithms(norms[index] ?? []) })),
        },
      ],
      checks: [
        atMost('final loss with shortcuts over that without', shortcut / plain, 0.3),
        atLeast(
          'plain: gradient norm of the first block over that of the last',
          growth[0] ?? Number.NaN,
          500,
        ),
        atMost(
          'residual: gradient norm of the first block over that of the last',
          growth[1] ?? Number.NaN,
          150,
        ),
      ],
    };
  },
});
