import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../core/base/random.ts';
import { type Tensor, float32, floatsOf } from '../../../core/base/tensor.ts';
import { styleNames } from '../../../core/features/shared/styleGraphs.ts';
import {
  type StyleIterate,
  type StyleLosses,
  searchByLbfgs,
} from '../../../core/features/shared/styleSearch.ts';
import type { Feeds, Program } from '../../../core/runtime/program.ts';

const size = 12;
const dims = [1, 3, 2, 2];
const random = seededRandom(6);
const start = float32(
  Array.from({ length: size }, () => random.uniform()),
  dims,
);

/** The least value of each pixel, some of them outside of [0, 1], and how steep the valley is. */
const valley = Array.from({ length: size }, (_, at) => ({
  least: 1.6 * random.uniform() - 0.3,
  steepness: 4 ** (at % 4),
}));

/** Σ s (x − least)² + (x − least)⁴, as if it were the loss of a style transfer. */
function lossOf(x: ArrayLike<number>): { loss: number; gradient: number[] } {
  const terms = valley.map(({ least, steepness }, at) => {
    const off = (x[at] ?? NaN) - least;
    return { loss: steepness * off ** 2 + off ** 4, slope: 2 * steepness * off + 4 * off ** 3 };
  });
  return {
    loss: terms.reduce((sum, { loss }) => sum + loss, 0),
    gradient: terms.map(({ slope }) => slope),
  };
}

/** A program that counts its runs. */
function counting(): Program & { runs: () => number } {
  let runs = 0;
  const outputs = (x: Float32Array): ReadonlyMap<string, Tensor> => {
    const { loss, gradient } = lossOf(x);
    return new Map([
      [styleNames.loss, float32([loss], [])],
      [styleNames.parts, float32([loss, 0, 0])],
      [styleNames.layers, float32([loss])],
      [styleNames.gradient, float32(gradient, dims)],
    ]);
  };
  return {
    target: 'cpu',
    inputs: new Map(),
    outputs: [],
    byteLength: 0,
    run: async ({ image = start }: Feeds) => {
      runs++;
      return Promise.resolve({ outputs: outputs(floatsOf(image)), nonFinite: new Map<string, number>() });
    },
    release: async () => Promise.resolve(),
    runs: () => runs,
  };
}

async function searched(iterations: number) {
  const program = counting();
  const search = searchByLbfgs({ program, feeds: {}, start, iterations });
  const iterates: StyleIterate[] = [];
  let step = await search.next();
  for (; step.done !== true; step = await search.next()) iterates.push(step.value);
  return { iterates, evaluations: step.value, runs: program.runs() };
}

describe('the search of a style transfer by L-BFGS', () => {
  it('tells of every iterate the losses of that iterate, from the start on', async () => {
    const { iterates } = await searched(8);
    expect(iterates).toHaveLength(9);
    expect(iterates[0]?.image).toEqual(start);
    const told = iterates.map(({ losses }): StyleLosses => losses);
    const own = iterates.map(({ image }) => Math.fround(lossOf(floatsOf(image)).loss));
    expect(told.map(({ total }) => total)).toEqual(own);
  });

  it('ends at the least value within [0, 1]', async () => {
    const { iterates } = await searched(100);
    const last = floatsOf(iterates.at(-1)?.image ?? start);
    valley.forEach(({ least }, at) => {
      expect(last[at]).toBeCloseTo(Math.min(1, Math.max(0, least)), 3);
    });
  });

  it('counts every run of the program, those of a last line search that found nothing too', async () => {
    const few = await searched(3);
    expect(few.evaluations).toBe(few.runs);
    const all = await searched(100);
    expect(all.evaluations).toBe(all.runs);
    expect(all.iterates.length).toBeLessThan(101);
    expect(all.evaluations).toBeGreaterThan(all.iterates.length);
  });
});
