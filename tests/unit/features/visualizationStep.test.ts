import { afterAll, describe, expect, it } from 'vitest';
import { normals, seededRandom } from '../../../core/base/random.ts';
import { sizeOf } from '../../../core/base/shape.ts';
import { float32, floatsOf } from '../../../core/base/tensor.ts';
import { channelFeed, placeFeed } from '../../../core/features/shared/objective.ts';
import { thetaShape } from '../../../core/features/shared/parameterization.ts';
import { emitRender, emitStep, names } from '../../../core/features/shared/visualization.ts';
import { MethodContext } from '../../../core/method/context.ts';
import { outputOf } from '../../../core/runtime/program.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';
import { numericGradient } from '../../reference/convNet.ts';
import type { Grid } from '../../reference/convolution.ts';
import { adam } from '../../reference/visualization.ts';
import { greatestDifference } from './closeness.ts';
import { gridOf } from './pictures.ts';
import { type Case, caseOf, cases, model } from './visualizationCases.ts';
import { reference, visualizationOf } from './visualizationReference.ts';

const runtime = new Runtime({ threads: 1 });
const context = new MethodContext({ model, runtime });

afterAll(async () => {
  await runtime.dispose();
});

const affine = float32([0.3, 0.05, -0.04, 0.35, 0.1, -0.06], [3, 2]);
const [step, learningRate] = [3, 0.05];

/** State before a step: θ of some contrast, and moments as after some steps. */
function stateOf(given: Case) {
  const shape = thetaShape(given.objectives.length, { ...given.form, channels: 3 });
  const random = seededRandom(11);
  const draw = (scale: number) => normals(random, sizeOf(shape), scale);
  return {
    theta: float32(draw(given.form.parameterization === 'pixel' ? 1 : 0.3), shape),
    mean: float32(draw(0.01), shape),
    square: float32(
      draw(0.01).map((value) => value ** 2),
      shape,
    ),
  };
}

const readoutOf = ({ objectives, place }: Case, map: readonly number[]) => {
  const [first] = objectives;
  if (first?.weights === undefined) return {};
  const channels = place.kind === 'layer' ? (place.layer.shape[1] ?? 1) : 5;
  return { channelWeights: channelFeed(objectives, channels), placeWeights: placeFeed(first, map) };
};

/** How far a step of the program is from that of the reference, at places of θ drawn at random. */
async function stepErrors(given: Case) {
  const state = stateOf(given);
  const program = await runtime.compile(emitStep(context, visualizationOf(given), given.objectives.length));
  const readout = readoutOf(given, program.inputs.get('placeWeights')?.shape ?? []);
  const scalars = { step: float32([step], []), learningRate: float32([learningRate], []) };
  const result = await program.run({ ...state, ...scalars, ...readout, affine });
  const found = (name: string): Float32Array => floatsOf(outputOf(result, name));
  const { scores, slopes, places } = referenceSlopes(given, gridOf(state.theta));
  const at = (numbers: ArrayLike<number | bigint>): number[] => places.map((place) => Number(numbers[place]));
  const [theta, mean, square] = [at(state.theta.data), at(state.mean.data), at(state.square.data)];
  const wanted = slopes.map((slope, index) =>
    adam({ theta: theta[index] ?? NaN, mean: mean[index] ?? NaN, square: square[index] ?? NaN }, slope, {
      step,
      learningRate,
    }),
  );
  const ownSlopes = at(found(names.nextMean)).map(
    (after, index) => (after - 0.9 * (mean[index] ?? NaN)) / 0.1,
  );
  const size = (values: readonly number[]): number => Math.max(...values.map(Math.abs));
  return {
    steepest: size(slopes),
    score: greatestDifference(found(names.score), scores) / Math.max(1, size(scores)),
    slope: greatestDifference(ownSlopes, slopes) / size(slopes),
    square: greatestDifference(
      at(found(names.nextSquare)),
      wanted.map((each) => each.square),
    ),
    theta: greatestDifference(
      at(found(names.nextTheta)),
      wanted.map((each) => each.theta),
    ),
  };
}

/** Scores, and slopes of what is differentiated by some of θ: differences in float64. */
function referenceSlopes(given: Case, theta: Grid) {
  const map = floatsOf(affine);
  const { scores } = reference(given, theta, map);
  const random = seededRandom(5);
  const places = Array.from({ length: 24 }, () => random.integer(theta.data.length));
  const slopes = numericGradient(theta, (moved) => reference(given, moved, map, scores).total, places);
  return { scores, slopes, places };
}

describe('a step of gradient ascent is that of float64 differences and Adam', () => {
  it.each(Object.keys(cases))('for %s', async (name) => {
    const errors = await stepErrors(caseOf(name));
    expect(errors.steepest).toBeGreaterThan(1e-4);
    expect(errors.score).toBeLessThan(5e-6);
    expect(errors.slope).toBeLessThan(2e-4);
    expect(errors.square).toBeLessThan(1e-7);
    expect(errors.theta).toBeLessThan(2e-5);
  });
});

describe('the pictures of θ', () => {
  it.each([
    'pixels of decorrelated colours through a transform',
    'several channels at once',
    'a silent and a lively channel at once, each as it is',
  ])('and their objectives without a transform are those of the reference: %s', async (name) => {
    const given = caseOf(name);
    const { theta } = stateOf(given);
    const plain = { ...given, canvas: undefined };
    const program = await runtime.compile(
      emitRender(context, visualizationOf(given), given.objectives.length),
    );
    const readout = readoutOf(given, program.inputs.get('placeWeights')?.shape ?? []);
    const result = await program.run({ theta, ...readout });
    const found = (output: string): number[] => [...floatsOf(outputOf(result, output))];
    const wanted = reference(plain, gridOf(theta), []);
    const computed = reference({ ...plain, preActivation: 'never' }, gridOf(theta), []);
    const pictures = wanted.pictures.flatMap(({ picture }) => picture.data);
    expect(greatestDifference(found(names.pictures), pictures)).toBeLessThan(1e-6);
    expect(greatestDifference(found(names.score), wanted.scores)).toBeLessThan(1e-5);
    expect(greatestDifference(found(names.computed), computed.scores)).toBeLessThan(1e-5);
  });
});
