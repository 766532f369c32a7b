import { relu, sigmoid } from '../nn/layers/activation.ts';
import { numbered } from '../nn/layers/composition.ts';
import { linear } from '../nn/layers/linear.ts';
import { type Initializer, kaiming, xavier, zeros } from '../nn/initializers.ts';
import type { Layer } from '../nn/networkBuilder.ts';
import { defineLesson } from './define.ts';
import { atLeast, atMost } from './shared/checks.ts';
import { classExamples, clouds } from './shared/classPoints.ts';
import { initialHealth } from './shared/health.ts';
import { vectorNetwork } from './shared/network.ts';
import { countTo, logarithms } from './shared/series.ts';

const [depth, units, classes, length] = [12, 64, 4, 128];

/** Each with the initialization that was made for it. */
const activations: readonly {
  readonly label: string;
  readonly layer: Layer;
  readonly weights: Initializer;
}[] = [
  { label: 'sigmoid', layer: sigmoid, weights: xavier('normal') },
  { label: 'ReLU', layer: relu, weights: kaiming() },
];

/** σ′ ≤ ¼, so that a layer of sigmoids takes at least three quarters of what comes back; ReLU′ is 0 or 1. */
export const vanishingGradients = defineLesson({
  id: 'vanishingGradients',
  topic: 'optimization',
  title: 'Vanishing gradients: sigmoid against ReLU',
  claim:
    'Through sigmoids the gradient shrinks from layer to layer on its way back, so that the first layers hardly learn; through ReLUs it keeps its size.',
  citation: 'Glorot, Bordes and Bengio 2011, "Deep sparse rectifier neural networks"; Hochreiter 1991',
  async *run(run) {
    const examples = classExamples(clouds(run.seed, { length, width: units, classes, distance: 1 }));
    const norms: number[][] = [];
    for (const [index, { label, layer, weights }] of activations.entries()) {
      yield { done: index, total: activations.length, what: label };
      const hidden = Array.from({ length: depth }, () => [linear(units), layer]).flat();
      const initialization = { linear: weights, bias: zeros };
      const network = vectorNetwork(units, numbered(...hidden, linear(classes)), {
        seed: run.seed,
        initialization,
      });
      const { parameters } = await initialHealth(run, { network, loss: { id: 'crossEntropy' } }, examples);
      const ofWeights = parameters.filter(({ parameter }) => parameter.endsWith('.weight'));
      // The last one belongs to the output layer, which has another shape.
      norms.push(ofWeights.slice(0, depth).map(({ gradientNorm }) => gradientNorm));
    }
    const [sigmoidRatio, reluRatio] = norms.map((of) => (of[0] ?? Number.NaN) / (of.at(-1) ?? Number.NaN));
    return {
      results: [
        {
          type: 'curve',
          name: 'gradients',
          title: 'Norm of the gradient by layer',
          x: { label: 'hidden layer', values: countTo(depth) },
          y: { label: 'log₁₀ of the gradient norm of the weights' },
          series: activations.map(({ label }, index) => ({ label, y: logarithms(norms[index] ?? []) })),
          notes: [`${depth} hidden layers of ${units} units, before any training.`],
        },
      ],
      checks: [
        atMost(
          'sigmoid: gradient norm of the first hidden layer over that of the last',
          sigmoidRatio ?? Number.NaN,
          1e-4,
        ),
        atLeast(
          'ReLU: gradient norm of the first hidden layer over that of the last',
          reluRatio ?? Number.NaN,
          0.1,
        ),
        atMost(
          'ReLU: gradient norm of the first hidden layer over that of the last',
          reluRatio ?? Number.NaN,
          10,
        ),
      ],
    };
  },
});
