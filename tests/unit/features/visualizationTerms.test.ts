import { afterAll, describe, expect, it } from 'vitest';
import { type Random, seededRandom } from '../../../core/base/random.ts';
import { sizeOf } from '../../../core/base/shape.ts';
import { type Tensor, float32, floatsOf } from '../../../core/base/tensor.ts';
import { emitLikeness } from '../../../core/features/shared/diversity.ts';
import { regularizers } from '../../../core/features/shared/regularizers.ts';
import { type TransformRange, drawAffine, emitTransform } from '../../../core/features/shared/transform.ts';
import type { GraphBuilder } from '../../../core/graph/builder.ts';
import { MethodContext } from '../../../core/method/context.ts';
import { newBuilder } from '../../../core/ops/registry.ts';
import { outputOf } from '../../../core/runtime/program.ts';
import { Runtime } from '../../../core/runtime/runtime.ts';
import { modelInMemory } from '../../conformance/modelInMemory.ts';
import { convNet, convNetCard } from '../../reference/convNet.ts';
import type { Grid } from '../../reference/convolution.ts';
import { likeness, penalties, seenThrough } from '../../reference/visualization.ts';
import { greatestDifference } from './closeness.ts';
import { gridOf } from './pictures.ts';

const runtime = new Runtime({ threads: 1 });

afterAll(async () => {
  await runtime.dispose();
});

/** What `emit` makes of tensors, which it finds as inputs of their names. */
async function computed(feeds: Readonly<Record<string, Tensor>>, emit: (b: GraphBuilder) => string) {
  const b = newBuilder();
  for (const [name, { type, dims }] of Object.entries(feeds)) b.input(name, { type, shape: dims });
  const output = emit(b);
  const program = await runtime.compile(b.build([output]));
  return floatsOf(outputOf(await program.run(feeds), output));
}

function noise(seed: number, ...dims: number[]): Tensor {
  const random = seededRandom(seed);
  return float32(
    Array.from({ length: sizeOf(dims) }, () => random.uniform()),
    dims,
  );
}

/** One example of a batch, with a batch axis of 1. */
function exampleOf({ dims, data }: Grid, n: number): Grid {
  const [batch = 1, ...rest] = dims;
  const length = data.length / batch;
  return { dims: [1, ...rest], data: data.slice(n * length, (n + 1) * length) };
}

describe('a regularizer', () => {
  const names = ['totalVariation', 'l1', 'l2'] as const;
  const pictures = noise(1, 2, 3, 5, 4);

  it.each(names)('is its formula for each picture of a batch: %s', async (name) => {
    const found = await computed({ pictures }, (b) => regularizers[name](b, 'pictures'));
    const wanted = [0, 1].map((n) => penalties[name](exampleOf(gridOf(pictures), n)));
    expect(greatestDifference(found, wanted)).toBeLessThan(1e-6);
  });

  it.each([
    ['totalVariation', 2],
    ['l1', 0.5],
    ['l2', 0.5],
  ] as const)('%s is %d for a chessboard of any size', async (name, wanted) => {
    for (const side of [4, 9]) {
      const board = Array.from({ length: side * side }, (_, at) => (Math.floor(at / side) + at) % 2);
      // Where the side is even, each row begins as the one before: shift it.
      const values = board.map((_, at) => (Math.floor(at / side) + (at % side)) % 2);
      const chess = float32(values, [1, 1, side, side]);
      const [found] = await computed({ chess }, (b) => regularizers[name](b, 'chess'));
      expect(found).toBeCloseTo(wanted, 6);
    }
  });

  it.each(names)('%s is 0 for a grey picture', async (name) => {
    const grey = float32(new Float32Array(48).fill(0.5), [1, 3, 4, 4]);
    const [found] = await computed({ grey }, (b) => regularizers[name](b, 'grey'));
    expect(found).toBeCloseTo(0, 5);
  });
});

describe('likeness', () => {
  it('is the mean cosine of the Gram matrix of each map with those of the others', async () => {
    const maps = noise(2, 3, 4, 2, 3);
    const wanted = likeness([0, 1, 2].map((n) => exampleOf(gridOf(maps), n)));
    expect(greatestDifference(await computed({ maps }, (b) => emitLikeness(b, 'maps')), wanted)).toBeLessThan(
      1e-6,
    );
  });

  it('is 1 among multiples of one map, whatever the order of its places, and 0 with an empty or an orthogonal one', async () => {
    const like = float32([1, 2, 3, 4, 4, 2, 8, 6], [2, 2, 2]);
    expect(greatestDifference(await computed({ like }, (b) => emitLikeness(b, 'like')), [1, 1])).toBeLessThan(
      1e-6,
    );
    const unlike = float32([1, 2, 0, 0, 0, 0, 3, 1, 0, 0, 0, 0], [3, 2, 2]);
    expect(
      greatestDifference(await computed({ unlike }, (b) => emitLikeness(b, 'unlike')), [0, 0, 0]),
    ).toBeLessThan(1e-6);
  });
});

const picture = { height: 5, width: 6 };
const still: TransformRange = { jitter: 0, lateJitter: 0, scale: 0, rotation: 0 };

describe('a transform', () => {
  const canvas = { height: 7, width: 8 };
  const pictures = noise(3, 2, 3, picture.height, picture.width);
  const through = async (affine: Tensor) =>
    computed({ pictures, affine }, (b) => emitTransform(b, 'pictures', 'affine', canvas));

  it('samples every picture of a batch bilinearly through its map, grey around it', async () => {
    const affine = float32([0.3, 0.05, -0.04, 0.35, 0.1, -0.06], [3, 2]);
    const wanted = seenThrough(gridOf(pictures), floatsOf(affine), [canvas.height, canvas.width]);
    expect(greatestDifference(await through(affine), wanted.data)).toBeLessThan(1e-6);
  });

  it('that does nothing shows the picture in the middle of the canvas', async () => {
    const found = await through(drawAffine(seededRandom(0), still, picture));
    const source = floatsOf(pictures);
    const wanted = Array.from(found, (_, at) => {
      const [plane, y, x] = [Math.floor(at / 56), (Math.floor(at / 8) % 7) - 1, (at % 8) - 1];
      const inside = y >= 0 && y < 5 && x >= 0 && x < 6;
      return inside ? (source[(plane * 5 + y) * 6 + x] ?? NaN) : 0.5;
    });
    expect(greatestDifference(found, wanted)).toBeLessThan(1e-5);
  });
});

/** A generator that gives these numbers in [0, 1), one after another. */
const scripted = (...numbers: number[]): Random => {
  const left = [...numbers];
  return { uniform: () => left.shift() ?? NaN, normal: () => NaN, integer: () => NaN };
};

/** Where a map sends a point of the canvas, both in pixels from the centre. */
function sent(affine: Tensor, [x, y]: readonly [number, number]): readonly number[] {
  const m = floatsOf(affine);
  return [picture.width, picture.height].map(
    (length, axis) => ((x * (m[axis] ?? 0) + y * (m[2 + axis] ?? 0) + (m[4 + axis] ?? 0)) * length) / 2,
  );
}

describe('a random map', () => {
  it('sends a point q of the canvas to R(q + t₂)/s + t₁', () => {
    const range = { jitter: 4, lateJitter: 2, scale: 0.2, rotation: 30 };
    // t₁ = (1, −1), s = 1.1, an angle of 15°, t₂ = (−0.5, 0.5).
    const affine = drawAffine(scripted(0.75, 0.25, 0.75, 0.75, 0.25, 0.75), range, picture);
    const turn = (15 * Math.PI) / 180;
    for (const [x, y] of [
      [0, 0],
      [3, -1],
      [-2.5, 4],
    ] as const) {
      const [u, v] = [x - 0.5, y + 0.5];
      const wanted = [
        (Math.cos(turn) * u - Math.sin(turn) * v) / 1.1 + 1,
        (Math.sin(turn) * u + Math.cos(turn) * v) / 1.1 - 1,
      ];
      expect(greatestDifference([...sent(affine, [x, y])], wanted)).toBeLessThan(1e-5);
    }
  });

  const draws = (range: Partial<TransformRange>, of: (affine: Tensor) => number): number[] => {
    const random = seededRandom(4);
    const found = Array.from({ length: 2000 }, () => of(drawAffine(random, { ...still, ...range }, picture)));
    return [Math.min(...found), Math.max(...found), found.reduce((sum, value) => sum + value / 2000, 0)];
  };
  const right = (affine: Tensor): readonly [number, number] => {
    const [[x = 0, y = 0], [x0 = 0, y0 = 0]] = [sent(affine, [1, 0]), sent(affine, [0, 0])];
    return [x - x0, y - y0];
  };

  it.each([
    ['jitter', { jitter: 8 }, (affine: Tensor) => sent(affine, [0, 0])[0] ?? NaN, [-4, 4]],
    ['late jitter', { lateJitter: 3 }, (affine: Tensor) => sent(affine, [0, 0])[1] ?? NaN, [-1.5, 1.5]],
    ['scale', { scale: 0.1 }, (affine: Tensor) => 1 / Math.hypot(...right(affine)), [0.9, 1.1]],
    [
      'rotation',
      { rotation: 10 },
      (affine: Tensor) => (Math.atan2(...([...right(affine)].reverse() as [number, number])) * 180) / Math.PI,
      [-10, 10],
    ],
  ] as const)('fills the range of the %s evenly and never leaves it', (_, range, of, [low, high]) => {
    const [least = NaN, greatest = NaN, mean = NaN] = draws(range, of);
    const width = high - low;
    for (const [end, wanted] of [
      [least, low],
      [greatest, high],
    ] as const) {
      expect(Math.abs(end - wanted)).toBeLessThan(width / 100);
    }
    expect(least).toBeGreaterThan(low - 1e-5);
    expect(greatest).toBeLessThan(high + 1e-5);
    // Four standard errors of the mean of 2000 uniform numbers.
    expect(Math.abs(mean - (low + high) / 2)).toBeLessThan((4 * width) / Math.sqrt(12 * 2000));
  });

  it('comes from the seed of the run', () => {
    const model = modelInMemory(convNet(), convNetCard);
    const range = { jitter: 8, lateJitter: 4, scale: 0.1, rotation: 10 };
    const drawn = (seed: number): Tensor =>
      drawAffine(new MethodContext({ model, runtime, seed }).random('transforms'), range, picture);
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(1)).not.toEqual(drawn(2));
  });
});
