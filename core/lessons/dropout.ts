import { relu } from '../nn/layers/activation.ts';
import { numbered } from '../nn/layers/composition.ts';
import { dropout as dropoutLayer, linear } from '../nn/layers/linear.ts';
import type { BuiltNetwork } from '../nn/buildNetwork.ts';
import { defineLesson } from './define.ts';
import { atMost } from './shared/checks.ts';
import { classExamples, clouds, mislabelled, partOf } from './shared/classPoints.ts';
import { compare } from './shared/compared.ts';
import { gapCurves } from './shared/gap.ts';
import { vectorNetwork } from './shared/network.ts';
import { type Score, scoreOf, scoreTable } from './shared/scores.ts';

const [width, units, distance, mistaken] = [20, 128, 0.5, 0.2];
const [trainingLength, heldOutLength, batchSize, epochs, learningRate] = [200, 1000, 50, 100, 0.1];
const probabilities = [0, 0.5] as const;

export const dropout = defineLesson({
  id: 'dropout',
  topic: 'regularization',
  title: 'Dropout against learning by heart',
  claim:
    'A network whose units are dropped at random while it learns does not learn noisy labels by heart: it is worse on the training examples and better on others.',
  citation: 'Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting"',
  async *run(run) {
    const length = trainingLength + heldOutLength;
    const points = mislabelled(clouds(run.seed, { length, width, classes: 2, distance }), mistaken, run.seed);
    const seen = partOf(points, 0, trainingLength);
    const heldOut = partOf(points, trainingLength, length);
    const variants = probabilities.map((probability) => ({
      label: probability === 0 ? 'without dropout' : `dropout ${probability}`,
      network: twoHiddenLayers(run.seed, probability),
    }));
    const [training, validation] = [classExamples(seen), classExamples(heldOut)];
    const trained = yield* compare({ run, variants, training, validation, learningRate, batchSize, epochs });
    const scores: { label: string; onTraining: Score; onHeldOut: Score }[] = [];
    for (const { label, fit } of trained) {
      const onTraining = await scoreOf(run.runtime, fit, seen);
      scores.push({ label, onTraining, onHeldOut: await scoreOf(run.runtime, fit, heldOut) });
    }
    const [plain, dropped] = scores.map(({ onTraining, onHeldOut }) => ({
      gap: onHeldOut.loss - onTraining.loss,
      loss: onHeldOut.loss,
    }));
    return {
      results: [
        gapCurves(
          {
            name: 'loss',
            title: 'Two clouds of points with some wrong labels',
            notes: [
              `${trainingLength} training examples of ${width} numbers; one label in ${1 / mistaken} is wrong. With dropout the training loss is that of the thinned networks.`,
            ],
          },
          trained,
        ),
        scoreTable(scores),
      ],
      checks: [
        atMost(
          'gap between held-out and training loss with dropout, over that without',
          (dropped?.gap ?? Number.NaN) / (plain?.gap ?? Number.NaN),
          0.75,
        ),
        atMost(
          'held-out loss with dropout over that without',
          (dropped?.loss ?? Number.NaN) / (plain?.loss ?? Number.NaN),
          0.85,
        ),
      ],
    };
  },
});

function twoHiddenLayers(seed: number, probability: number): BuiltNetwork {
  const block = [linear(units), relu, dropoutLayer(probability)];
  return vectorNetwork(width, numbered(...block, ...block, linear(2)), { seed });
}
