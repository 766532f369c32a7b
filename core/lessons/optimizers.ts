import { LoupeError } from '../base/errors.ts';
import { randomOf } from '../data/seeds.ts';
import { linear } from '../nn/layers/linear.ts';
import { zeros } from '../nn/initializers.ts';
import type { Progress, TableResult } from '../protocol/results.ts';
import { type LessonRun, defineLesson } from './define.ts';
import { atMost } from './shared/checks.ts';
import { type FitQuestion, fit, meanOfLast } from './shared/fit.ts';
import { type LinearData, linearExamples } from './shared/linearData.ts';
import { vectorNetwork } from './shared/network.ts';
import type { Choice } from './shared/problem.ts';
import { logarithms, lossCurves } from './shared/series.ts';

const [length, width, batchSize, epochs] = [300, 10, 50, 80];
/** Scale of the last input; that of the first is 1, and curvatures go with the squares: 1 to 1/1000. */
const leastScale = 10 ** -1.5;

interface Contender {
  readonly label: string;
  readonly optimizer: Choice;
  /** The one under which it does best is shown; they reach from too small to too large. */
  readonly learningRates: readonly number[];
}

const contenders: readonly Contender[] = [
  {
    label: 'SGD',
    optimizer: { id: 'sgd', params: { momentum: 0 } },
    learningRates: [0.1, 0.2, 0.4, 0.8, 1.1, 1.6],
  },
  {
    label: 'momentum',
    optimizer: { id: 'sgd', params: { momentum: 0.9 } },
    learningRates: [0.03, 0.1, 0.2, 0.4, 0.8, 1.6],
  },
  { label: 'RMSprop', optimizer: { id: 'rmsprop' }, learningRates: [0.01, 0.03, 0.1, 0.3, 1, 3] },
  { label: 'Adam', optimizer: { id: 'adam' }, learningRates: [0.01, 0.03, 0.1, 0.3, 1, 3] },
];

/** A training with one learning rate. */
interface Attempt {
  readonly learningRate: number;
  readonly losses: readonly number[];
  /** Mean of the last epochs; infinite where it diverged. */
  readonly final: number;
}

/**
 * On a quadratic, descent takes λᵢη of the way along the direction of curvature λᵢ, and η must stay below 2/λ for the largest, so that the
 * flattest direction needs about λ_max/λ_min steps. Momentum needs about the root of that, and dividing by the root mean square of the slope
 * of each weight makes the scale of its input indifferent.
 */
export const optimizers = defineLesson({
  id: 'optimizers',
  topic: 'optimization',
  title: 'SGD, momentum, RMSprop and Adam on the same data',
  claim:
    'Where curvatures differ, momentum, RMSprop and Adam lower the loss much faster than plain descent, each at its best learning rate.',
  citation: 'Polyak 1964; Tieleman and Hinton 2012, lecture 6.5; Kingma and Ba 2015, algorithm 1',
  async *run(run) {
    const data = scaledData(run.seed);
    const count = contenders.reduce((sum, { learningRates }) => sum + learningRates.length, 0);
    const tried: { label: string; attempts: Attempt[]; best: Attempt }[] = [];
    let index = 0;
    for (const { label, optimizer, learningRates } of contenders) {
      const attempts: Attempt[] = [];
      for (const learningRate of learningRates) {
        const part = [index++, count] as const;
        const what = `${label}, rate ${learningRate}`;
        attempts.push(yield* attempt(run, data, { optimizer, learningRate, part, what }));
      }
      const best = attempts.reduce((left, right) => (right.final < left.final ? right : left));
      tried.push({ label, attempts, best });
    }
    const [plain, ...others] = tried;
    const curves = lossCurves(
      {
        name: 'loss',
        title: 'Least squares with inputs of different scales',
        notes: [
          `Batches of ${batchSize} of ${length} examples of ${width} numbers, whose scales fall from 1 to ${leastScale.toFixed(3)}; of six learning rates each, the best.`,
        ],
      },
      tried.map(({ label, best }) => ({ label: `${label}, rate ${best.learningRate}`, losses: best.losses })),
    );
    return {
      results: [
        {
          ...curves,
          y: { label: 'log₁₀ of the training loss' },
          series: curves.series.map(({ label, y }) => ({ label, y: logarithms(y) })),
        },
        rateTable(tried),
      ],
      checks: others.map(({ label, best }) =>
        atMost(
          `${label}: final loss over that of ${plain?.label ?? ''}, both at their best rates`,
          best.final / (plain?.best.final ?? Number.NaN),
          0.1,
        ),
      ),
    };
  },
});

/** y = Σ wⱼxⱼ without noise, where xⱼ has the scale sⱼ and wⱼ = ±1/sⱼ, so that every input matters alike. */
function scaledData(seed: number): LinearData {
  const random = randomOf(seed, 7);
  const scales = Array.from({ length: width }, (_, j) => leastScale ** (j / (width - 1)));
  const weights = scales.map((scale) => (random.uniform() < 0.5 ? -1 : 1) / scale);
  const x = Float32Array.from(
    { length: length * width },
    (_, at) => (scales[at % width] ?? 1) * random.normal(),
  );
  const y = Float32Array.from({ length }, (_, n) =>
    weights.reduce((sum, weight, j) => sum + weight * (x[n * width + j] ?? 0), 0),
  );
  return { x, y, width };
}

async function* attempt(
  run: LessonRun,
  data: LinearData,
  question: Pick<FitQuestion, 'optimizer' | 'learningRate' | 'what'> & Required<Pick<FitQuestion, 'part'>>,
): AsyncGenerator<Progress, Attempt> {
  const { learningRate } = question;
  try {
    const { losses } = yield* fit({
      ...question,
      run,
      network: vectorNetwork(width, linear(1), {
        seed: run.seed,
        initialization: { linear: zeros, bias: zeros },
      }),
      loss: { id: 'meanSquaredError' },
      training: linearExamples(data),
      batchSize,
      epochs,
    });
    return { learningRate, losses, final: meanOfLast(losses, (3 * length) / batchSize) };
  } catch (error) {
    if (!(error instanceof LoupeError) || error.code !== 'nonFinite') throw error;
    return { learningRate, losses: [], final: Number.POSITIVE_INFINITY };
  }
}

function rateTable(
  tried: readonly { readonly label: string; readonly attempts: readonly Attempt[] }[],
): TableResult {
  return {
    type: 'table',
    name: 'rates',
    title: 'Final loss by learning rate',
    columns: [
      { title: 'optimizer' },
      { title: 'learning rate', right: true },
      { title: 'final loss', right: true },
    ],
    rows: tried.flatMap(({ label, attempts }) =>
      attempts.map(({ learningRate, final }) => [
        label,
        learningRate,
        Number.isFinite(final) ? final : 'diverged',
      ]),
    ),
  };
}
