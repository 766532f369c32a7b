import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../core/base/random.ts';
import { float32 } from '../../../core/base/tensor.ts';
import { throughStage } from './throughStage.ts';

const dims = [2, 3, 9, 8] as const;
const [, , height, width] = dims;
const random = seededRandom(4);

/** Every value differs from every other, or about every fourth is the same as another. */
const images = {
  distinct: float32(
    shuffled(dims[0] * dims[1] * height * width).map((rank) => rank / 432),
    dims,
  ),
  tied: float32(
    Float32Array.from({ length: 432 }, () => random.integer(12) / 12),
    dims,
  ),
};

function shuffled(count: number): number[] {
  const order = Array.from({ length: count }, (_, at) => at);
  for (let at = count - 1; at > 0; at--) {
    const other = random.integer(at + 1);
    [order[at], order[other]] = [order[other] ?? 0, order[at] ?? 0];
  }
  return order;
}

/** Where the window about (i, j) of a plane looks: edges repeated. */
function windowAbout(plane: number, i: number, j: number, size: number): number[] {
  const reach = (size - 1) / 2;
  const cut = (at: number, length: number): number => Math.min(length - 1, Math.max(0, at));
  return Array.from({ length: size ** 2 }, (_, place) => {
    const row = cut(i + Math.floor(place / size) - reach, height);
    const column = cut(j + (place % size) - reach, width);
    return (plane * height + row) * width + column;
  });
}

/** For every pixel, the places of its window in ascending order of value. */
function sortedWindows(values: ArrayLike<number>, size: number): number[][] {
  return Array.from({ length: values.length }, (_, pixel) => {
    const [plane, rest] = [Math.floor(pixel / (height * width)), pixel % (height * width)];
    const places = windowAbout(plane, Math.floor(rest / width), rest % width, size);
    return places.sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  });
}

describe.each([3, 5])('the median filter of size %i', (size) => {
  it.each(Object.entries(images))(
    'is exactly the middle of each sorted window, %s values',
    async (_title, image) => {
      const values = image.data as Float32Array;
      const wanted = sortedWindows(values, size).map((places) => values[places[(size ** 2 - 1) / 2] ?? 0]);
      const found = await throughStage('median', { size }, image);
      expect([...found.image]).toEqual(wanted);
    },
  );

  it('gives the cotangent of each pixel to the one that was chosen', async () => {
    const values = images.distinct.data as Float32Array;
    const cotangent = Float32Array.from(values, () => random.integer(64) - 32);
    const wanted = new Float32Array(values.length);
    sortedWindows(values, size).forEach((places, pixel) => {
      const chosen = places[(size ** 2 - 1) / 2] ?? 0;
      wanted[chosen] = (wanted[chosen] ?? 0) + (cotangent[pixel] ?? 0);
    });
    const found = await throughStage('median', { size }, images.distinct, cotangent);
    // A pixel that stands twice in a window at the edge ties with itself and gets both halves.
    expect([...found.gradient]).toEqual([...wanted]);
  });

  it('shares a cotangent among ties without losing any of it', async () => {
    const found = await throughStage('median', { size }, images.tied, new Float32Array(432).fill(1));
    const total = found.gradient.reduce((sum, value) => sum + value, 0);
    expect(total).toBeCloseTo(found.gradient.length, 3);
    expect(Math.min(...found.gradient)).toBeGreaterThanOrEqual(0);
  });
});

describe('the median filter', () => {
  it('removes single pixels and keeps a straight edge', async () => {
    const edge = Float32Array.from({ length: 432 }, (_, at) => (at % width < 4 ? 0.25 : 0.75));
    const spoiled = edge.slice();
    [18, 61, 202].forEach((at) => {
      spoiled[at] = 1;
    });
    const found = await throughStage('median', {}, float32(spoiled, dims));
    expect(found.image).toEqual(edge);
  });

  it('passes gradients on unchanged with the backward pass "identity"', async () => {
    const cotangent = Float32Array.from({ length: 432 }, () => random.normal());
    const found = await throughStage('median', { backward: 'identity' }, images.tied, cotangent);
    expect(found.image).toEqual((await throughStage('median', {}, images.tied)).image);
    expect(found.gradient).toEqual(cotangent);
  });
});
