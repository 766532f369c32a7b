import { relu } from '../nn/layers/activation.ts';
import { numbered } from '../nn/layers/composition.ts';
import { linear } from '../nn/layers/linear.ts';
import { kaiming, zeros } from '../nn/initializers.ts';
import type { BuiltNetwork } from '../nn/buildNetwork.ts';
import { defineLesson } from './define.ts';
import { atLeast, atMost, near } from './shared/checks.ts';
import { classExamples, clouds } from './shared/classPoints.ts';
import { fit, meanOfLast } from './shared/fit.ts';
import { initialHealth } from './shared/health.ts';
import { vectorNetwork } from './shared/network.ts';
import { countTo, logarithms, lossCurves } from './shared/series.ts';

const [depth, units, classes, length] = [20, 128, 4, 128];
const [steps, learningRate] = [100, 0.02];

/** Standard deviations of the weights as √(gain²/n): Kaiming's gain² is 2. */
const scales = [
  { label: 'Kaiming: σ = √(2/n)', squaredGain: 2 },
  { label: 'too small: σ = √(1/n)', squaredGain: 1 },
  { label: 'too large: σ = √(4/n)', squaredGain: 4 },
] as const;

/**
 * Var[z] = n·Var[w]·E[x²] and, for symmetric z, E[relu(z)²] = ½Var[z]: behind every layer the variance is ½n·Var[w] = ½gain² times that
 * before it (He et al. 2015, eq. 8-10).
 */
export const initialization = defineLesson({
  id: 'initialization',
  topic: 'optimization',
  title: 'Kaiming against other initializations',
  claim:
    'With weights of variance 2/n the variance of the activations stays the same through a deep ReLU network; with other ones it dies out or explodes.',
  citation: 'He et al. 2015, "Delving deep into rectifiers", eq. 10',
  async *run(run) {
    const points = clouds(run.seed, { length, width: units, classes, distance: 1 });
    const examples = classExamples(points);
    const loss = { id: 'crossEntropy' };
    const variances: number[][] = [];
    for (const [index, { label, squaredGain }] of scales.entries()) {
      yield { done: index, total: scales.length + 2, what: label };
      const { layers } = await initialHealth(
        run,
        { network: deepNetwork(run.seed, squaredGain), loss },
        examples,
      );
      variances.push(layers.map(({ variance }) => variance));
    }
    const factors = variances.map(
      (of) => ((of.at(-1) ?? Number.NaN) / (of[0] ?? Number.NaN)) ** (1 / (depth - 1)),
    );
    const trainings: number[][] = [];
    for (const [index, { squaredGain }] of scales.slice(0, 2).entries()) {
      const network = deepNetwork(run.seed, squaredGain);
      const part = [index, 2] as const;
      const question = { run, network, loss, training: examples, learningRate, epochs: steps, part };
      trainings.push([
        ...(yield* fit({ ...question, what: `training, ${scales[index]?.label ?? ''}` })).losses,
      ]);
    }
    const [kaimingLoss, smallLoss] = trainings.map((losses) => meanOfLast(losses, 10) / Math.log(classes));
    return {
      results: [
        {
          type: 'curve',
          name: 'variance',
          title: 'Variance of the activations by layer',
          x: { label: 'hidden layer', values: countTo(depth) },
          y: { label: 'log₁₀ of the variance' },
          series: scales.map(({ label }, index) => ({ label, y: logarithms(variances[index] ?? []) })),
          notes: [`${depth} ReLU layers of ${units} units, before any training.`],
        },
        lossCurves(
          { name: 'training', title: 'What the initialization does to training' },
          trainings.map((losses, index) => ({ label: scales[index]?.label ?? '', losses })),
        ),
      ],
      checks: [
        ...scales.map(({ label, squaredGain }, index) =>
          near(
            `${label}: factor of the variance from layer to layer, ½n·Var[w]`,
            factors[index] ?? Number.NaN,
            squaredGain / 2,
            0.2,
          ),
        ),
        atMost('loss with Kaiming after training, in units of guessing', kaimingLoss ?? Number.NaN, 0.5),
        atLeast(
          'loss with too small weights after as many steps, in units of guessing',
          smallLoss ?? Number.NaN,
          0.9,
        ),
      ],
    };
  },
});

function deepNetwork(seed: number, squaredGain: number): BuiltNetwork {
  const hidden = Array.from({ length: depth }, () => [linear(units), relu]).flat();
  const gain = Math.sqrt(squaredGain);
  return vectorNetwork(units, numbered(...hidden, linear(classes)), {
    seed,
    initialization: { linear: kaiming({ gain }), bias: zeros },
  });
}
