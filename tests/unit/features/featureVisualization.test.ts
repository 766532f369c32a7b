import { describe, expect, it } from 'vitest';
import { floatsOf } from '../../../core/base/tensor.ts';
import { featureVisualization } from '../../../core/features/featureVisualization.ts';
import { initialTheta } from '../../../core/features/shared/parameterization.ts';
import { MethodContext } from '../../../core/method/context.ts';
import type { ImageResult } from '../../../core/protocol/results.ts';
import type { Target } from '../../../core/protocol/target.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';
import { modelInMemory } from '../../conformance/modelInMemory.ts';
import { height, rawInput, simpleNet, weightsOf, width } from '../../conformance/simpleNets.ts';
import { convNetFeatures, convNetLogits } from '../../reference/convNet.ts';
import type { Grid } from '../../reference/convolution.ts';
import { adam } from '../../reference/visualization.ts';
import { greatestDifference } from './closeness.ts';
import { cellsOf, gridOf, runMethod } from './pictures.ts';
import { model } from './visualizationCases.ts';

interface Question {
  readonly target?: Target;
  readonly seed?: number;
  readonly memoryBytes?: number;
  readonly params?: Readonly<Record<string, unknown>>;
}

const usual = { layer: 'late', size: 16, steps: 3 };

const visualize = async ({ params, ...more }: Question) =>
  runMethod(featureVisualization, { model, ...more, params: { ...usual, ...params } });

/** The one picture of a run, and the activation that it reports. */
async function pictureOf(question: Question): Promise<ImageResult & { activation: number }> {
  const { results } = await visualize(question);
  const [result] = results;
  if (result?.type !== 'image' || results.length !== 1) throw new Error('Expected one picture.');
  return { ...result, activation: Number(result.facts?.find(({ label }) => label === 'objective')?.value) };
}

const asImage = ({ image }: Pick<ImageResult, 'image'>): Grid => {
  const { dims, data } = gridOf(image);
  return { dims: [1, ...dims], data };
};

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value / values.length, 0);

/** Values of a channel of the layer `late`. */
function channelOf(image: Grid, channel: number): readonly number[] {
  const { dims, data } = convNetFeatures(image).late;
  const plane = (dims[2] ?? 1) * (dims[3] ?? 1);
  return data.slice(channel * plane, (channel + 1) * plane);
}

const logProbability = (image: Grid, index: number): number => {
  const logits = convNetLogits(image);
  return (logits[index] ?? NaN) - Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
};

const vector = [0.5, -1, 0, 2, 0.25, -0.75];

const objectives: readonly (readonly [string, Question, string, (image: Grid) => number])[] = [
  [
    'the mean of a channel',
    { params: { channels: '1' } },
    'late, channel 1',
    (image) => mean(channelOf(image, 1)),
  ],
  [
    'the unit at the centre of a channel',
    { params: { channels: '2', objective: 'neuron' } },
    'late, channel 2, centre',
    // A map of 8x8 places.
    (image) => channelOf(image, 2)[4 * 8 + 4] ?? NaN,
  ],
  [
    'a unit, at its place in the network of 5x6 places',
    { target: { kind: 'unit', layer: 'late', channel: 1, row: 4, column: 2 } },
    'late, channel 1 at row 4, column 2',
    // Row 4.5 of 5 and column 2.5 of 6 are row 7.2 and column 3.3 of 8.
    (image) => channelOf(image, 1)[7 * 8 + 3] ?? NaN,
  ],
  [
    'a channel as the target',
    { target: { kind: 'channel', layer: 'late', channel: 5 } },
    'late, channel 5',
    (image) => mean(channelOf(image, 5)),
  ],
  [
    'the mean square of a layer',
    { target: { kind: 'layer', layer: 'late' } },
    'late, whole layer',
    (image) => mean(convNetFeatures(image).late.data.map((value) => value ** 2)),
  ],
  [
    'a direction',
    { target: { kind: 'direction', layer: 'late', vector } },
    'late, direction',
    (image) => vector.reduce((sum, weight, channel) => sum + weight * mean(channelOf(image, channel)), 0),
  ],
  [
    'a class',
    { target: { kind: 'class', class: 2, of: 'logit' } },
    'the classes, class 2',
    (image) => convNetLogits(image)[2] ?? NaN,
  ],
  [
    'the log probability of a class',
    { target: { kind: 'class', class: 4, of: 'logProbability' } },
    'the classes, class 4',
    (image) => logProbability(image, 4),
  ],
  [
    'one class against another',
    { target: { kind: 'difference', class: 1, against: 3 } },
    'the classes, class 1 against class 3',
    (image) => (convNetLogits(image)[1] ?? NaN) - (convNetLogits(image)[3] ?? NaN),
  ],
];

describe('what a picture reaches', () => {
  it.each(objectives)('is that of the network: %s', async (_, question, title, of) => {
    const picture = await pictureOf(question);
    expect(picture.title).toBe(title);
    const side = title.startsWith('the classes') ? [10, 12] : [16, 16];
    expect(picture.image.dims).toEqual([3, ...side]);
    expect(picture.activation).toBeCloseTo(of(asImage(picture)), 5);
  });

  it('is told for several channels under each picture and in a table', async () => {
    const { results } = await visualize({ params: { channels: '0-1, 5' } });
    const wanted = cellsOf(results).map((cell, index) =>
      mean(channelOf(asImage(cell), [0, 1, 5][index] ?? NaN)),
    );
    const [, table] = results;
    const rows = table?.type === 'table' ? table.rows : [];
    expect(rows.map(([name]) => name)).toEqual(['channel 0', 'channel 1', 'channel 5']);
    expect(
      greatestDifference(
        rows.map(([, value]) => Number(value)),
        wanted,
      ),
    ).toBeLessThan(1e-5);
    expect(cellsOf(results).map(({ caption }) => caption)).toEqual(
      rows.map(([name, value]) => [name, String(Number(Number(value).toPrecision(3)))]),
    );
  });
});

const linear = modelInMemory(simpleNet('linear'), rawInput);

/** θ after some steps of Adam uphill on Σ w σ(θ), whose slope is w σ(θ)(1 − σ(θ)), in float64. */
function climbed(weights: ArrayLike<number>, steps: number, learningRate: number): number[] {
  const context = new MethodContext({ model: linear, runtime: new Runtime() });
  const form = {
    parameterization: 'pixel',
    decorrelate: false,
    channels: 3,
    extent: { height, width },
  } as const;
  const first = initialTheta(context.random('featureVisualization/the classes/class 1/0'), form);
  return Array.from(first, (theta, at) => {
    let state = { theta, mean: 0, square: 0 };
    for (let step = 1; step <= steps; step++) {
      const value = 1 / (1 + Math.exp(-state.theta));
      state = adam(state, (weights[at] ?? NaN) * value * (1 - value), { step, learningRate });
    }
    return 1 / (1 + Math.exp(-state.theta));
  });
}

describe('gradient ascent', () => {
  const ascent = async (steps: number) => {
    const params = {
      parameterization: 'pixel',
      decorrelate: false,
      transforms: false,
      learningRate: 0.1,
      steps,
    };
    const target = { kind: 'class', class: 1, of: 'logit' } as const;
    const { results } = await runMethod(featureVisualization, { model: linear, target, params });
    const [result] = results;
    if (result?.type !== 'image') throw new Error('Expected one picture.');
    return { image: floatsOf(result.image), objective: Number(result.facts?.[0]?.value) };
  };

  it.each([1, 20])('of %d steps on a linear class is Adam on every pixel by itself', async (steps) => {
    const { image } = await ascent(steps);
    expect(greatestDifference(image, climbed(weightsOf(1), steps, 0.1))).toBeLessThan(1e-5);
  });

  it('ends at the greatest value of a linear class: every pixel at the bound that its weight points to', async () => {
    const { image, objective } = await ascent(300);
    const weights = weightsOf(1);
    const bounds = weights.map((weight) => Number(weight > 0));
    expect(greatestDifference(image, bounds)).toBeLessThan(0.02);
    const optimum = weights.reduce((sum, weight) => sum + Math.max(0, weight), 0);
    expect(objective).toBeGreaterThan(0.995 * optimum);
    expect(objective).toBeLessThan(optimum);
  });
});
