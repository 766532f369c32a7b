import { afterAll, describe, expect, it } from 'vitest';
import { normals, seededRandom } from '../../../core/base/random.ts';
import { type Tensor, float32, floatsOf } from '../../../core/base/tensor.ts';
import {
  emitContent,
  emitGrams,
  emitStyleGradient,
  emitStyleStep,
  styleNames,
} from '../../../core/features/shared/styleGraphs.ts';
import { relativeError, squaredVariation } from '../../../core/features/shared/styleLosses.ts';
import type { Graph } from '../../../core/graph/ir.ts';
import { resolveLayer } from '../../../core/model/layers.ts';
import { networkOf } from '../../../core/model/model.ts';
import { type Trunk, trunkOf } from '../../../core/model/trunk.ts';
import { newBuilder } from '../../../core/ops/registry.ts';
import { type Feeds, outputOf } from '../../../core/runtime/program.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';
import { modelInMemory } from '../../conformance/modelInMemory.ts';
import { convNet, convNetCard, convNetFeatures, numericGradient } from '../../reference/convNet.ts';
import {
  gram,
  relativeError as relativeErrorOf,
  squaredVariation as variationOf,
  styleLosses,
  wantedOf,
} from '../../reference/style.ts';
import { adam } from '../../reference/visualization.ts';
import { greatestDifference } from './closeness.ts';
import { gridOf, pixelsOf, randomPicture } from './pictures.ts';

const runtime = new Runtime({ threads: 1 });
const model = modelInMemory(convNet(), convNetCard);
const [early, late] = ['early', 'late'].map((name) => resolveLayer(networkOf(model), name).value);
const values = { content: [late ?? ''], style: [early ?? '', late ?? ''] };

afterAll(async () => {
  await runtime.dispose();
});

const [content, style, other] = [
  pixelsOf(randomPicture(1, 9, 7)),
  pixelsOf(randomPicture(3, 8, 10)),
  pixelsOf(randomPicture(4, 11, 6)),
];
/** Noise, some of it at the bounds. */
const random = seededRandom(2);
const image = float32(
  floatsOf(content).map(() => Math.min(1, Math.max(0, 1.2 * random.uniform() - 0.1))),
  content.dims,
);
const weights = { content: 0.7, style: 3, variation: 2 };
const wanted = wantedOf(gridOf(content), [style, other].map(gridOf));
const losses = styleLosses(gridOf(image), wanted, weights);
/** Some pixels, and how steep the loss is there. */
const places = Array.from({ length: 48 }, () => random.integer(image.data.length));
const slopes = numericGradient(gridOf(image), (moved) => styleLosses(moved, wanted, weights).total, places);

function trunkAt({ dims }: Tensor, names: readonly string[]): Trunk {
  const [height = 1, width = 1] = dims.slice(2);
  return trunkOf(model, names, { batch: 1, height, width });
}

async function run(graph: Graph, feeds: Feeds): Promise<(name: string) => Float32Array> {
  const result = await (await runtime.compile(graph)).run(feeds);
  return (name) => floatsOf(outputOf(result, name));
}

/** What the programs are fed beside the image. */
const feeds: Feeds = {
  image,
  [styleNames.content(0)]: float32(wanted.content, convNetFeatures(gridOf(content)).late.dims),
  ...Object.fromEntries(
    wanted.grams.map((matrix, index) => {
      const side = Math.sqrt(matrix.length);
      return [styleNames.gram(index), float32(matrix, [side, side])];
    }),
  ),
  [styleNames.contentWeight]: float32([weights.content], []),
  [styleNames.styleWeight]: float32([weights.style], []),
  [styleNames.variationWeight]: float32([weights.variation], []),
};

const both = [...new Set([...values.content, ...values.style])];

describe('what style transfer compares', () => {
  it('are the features of the content', async () => {
    const output = await run(emitContent(trunkAt(content, values.content), values.content), {
      image: content,
    });
    const { data } = convNetFeatures(gridOf(content)).late;
    expect(greatestDifference(output(styleNames.content(0)), data)).toBeLessThan(1e-5);
  });

  it('are the Gram matrices of the style over C·h·w', async () => {
    const output = await run(emitGrams(trunkAt(style, values.style), values.style), { image: style });
    const features = convNetFeatures(gridOf(style));
    expect(greatestDifference(output(styleNames.gram(0)), gram(features.early))).toBeLessThan(1e-6);
    expect(greatestDifference(output(styleNames.gram(1)), gram(features.late))).toBeLessThan(1e-6);
  });
});

const at = (values: ArrayLike<number>): number[] => places.map((place) => values[place] ?? NaN);

describe('the loss of an image', () => {
  it('and its parts are those of the formulas in float64, and so is its gradient', async () => {
    const output = await run(emitStyleGradient(trunkAt(image, both), values), feeds);
    expect(output(styleNames.loss)[0]).toBeCloseTo(losses.total, 5);
    const parts = [losses.content, losses.style, losses.variation];
    expect(greatestDifference(output(styleNames.parts), parts)).toBeLessThan(2e-6);
    expect(greatestDifference(output(styleNames.layers), losses.layers)).toBeLessThan(2e-6);
    // Each of them is there to be seen.
    for (const part of [...parts, ...losses.layers]) expect(part).toBeGreaterThan(0.01);
    const greatest = Math.max(...slopes.map(Math.abs));
    expect(greatestDifference(at(output(styleNames.gradient)), slopes)).toBeLessThan(1e-4 * greatest);
  });

  it('falls by one step of Adam, which stays in [0, 1]', async () => {
    const before = { theta: floatsOf(image), mean: normals(random, image.data.length, 0.01) };
    const square = before.mean.map((value) => 2 * value ** 2);
    const options = { step: 4, learningRate: 0.2 };
    const output = await run(emitStyleStep(trunkAt(image, both), values), {
      ...feeds,
      [styleNames.mean]: float32(before.mean, image.dims),
      [styleNames.square]: float32(square, image.dims),
      [styleNames.step]: float32([options.step], []),
      [styleNames.learningRate]: float32([options.learningRate], []),
    });
    const states = places.map((place, index) => {
      const old = {
        theta: before.theta[place] ?? NaN,
        mean: before.mean[place] ?? NaN,
        square: square[place] ?? NaN,
      };
      return adam(old, -(slopes[index] ?? NaN), options);
    });
    const clipped = states.map(({ theta }) => Math.min(1, Math.max(0, theta)));
    expect(clipped.filter((value) => value === 0 || value === 1).length).toBeGreaterThan(3);
    expect(greatestDifference(at(output(styleNames.image)), clipped)).toBeLessThan(5e-5);
    const [means, squares] = [states.map((each) => each.mean), states.map((each) => each.square)];
    expect(greatestDifference(at(output('style.mean.next')), means)).toBeLessThan(1e-6);
    expect(greatestDifference(at(output('style.square.next')), squares)).toBeLessThan(1e-7);
  });
});

describe('a relative error', () => {
  const errorOf = async (a: readonly number[], b: readonly number[]): Promise<number> => {
    const builder = newBuilder();
    for (const name of ['a', 'b']) builder.input(name, { type: 'float32', shape: [a.length] });
    const error = relativeError(builder, 'a', 'b');
    return (await run(builder.build([error]), { a: float32(a), b: float32(b) }))(error)[0] ?? NaN;
  };

  it('is 0 where both agree, 1 for nothing, 4 for twice the negative', async () => {
    const vector = [3, -1, 0.5];
    expect(await errorOf(vector, vector)).toBe(0);
    expect(await errorOf([0, 0, 0], vector)).toBe(1);
    expect(await errorOf([-3, 1, -0.5], vector)).toBeCloseTo(4, 6);
    expect(await errorOf([1, 2, 3], vector)).toBeCloseTo(relativeErrorOf([1, 2, 3], vector), 6);
  });

  it('is the squared size where nothing is wanted', async () => {
    expect(await errorOf([1, 2, 3], [0, 0, 0])).toBeCloseTo(14, 6);
  });
});

describe('the squared variation', () => {
  const [height, width] = [4, 6];

  it.each([
    // 18 pairs above each other and 20 beside each other in each of two planes of 24 pixels.
    ['a chessboard', (x: number, y: number) => (x + y) % 2, (2 * (18 + 20)) / 48],
    ['a ramp', (x: number) => x / 10, (2 * 20 * 0.01) / 48],
  ])('of %s is the sum of squared steps over the number of elements', async (_, level, variation) => {
    const data = Array.from({ length: 2 * height * width }, (__, index) =>
      level(index % width, Math.floor(index / width) % height),
    );
    const b = newBuilder();
    b.input('x', { type: 'float32', shape: [1, 2, height, width] });
    const output = squaredVariation(b, 'x');
    const x = float32(data, [1, 2, height, width]);
    const [found] = (await run(b.build([output]), { x }))(output);
    expect(found).toBeCloseTo(variation, 6);
    expect(variationOf(gridOf(x))).toBeCloseTo(variation, 6);
  });
});
