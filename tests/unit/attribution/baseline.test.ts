import { describe, expect, it } from 'vitest';
import { baselineOf } from '../../../core/attribution/shared/baseline.ts';
import { blurMatrix, blurred } from '../../../core/attribution/shared/blur.ts';
import { networkZero } from '../../../core/attribution/shared/networkZero.ts';
import { windowSize, windowsOver } from '../../../core/attribution/shared/windows.ts';
import { seededRandom } from '../../../core/base/random.ts';
import { float32, floatsOf } from '../../../core/base/tensor.ts';
import { int } from '../../../core/graph/ir.ts';
import { buildNetwork } from '../../../core/model/network.ts';
import { newBuilder } from '../../../core/ops/registry.ts';
import type { InputCard } from '../../../core/protocol/card.ts';

const usual: InputCard = {
  width: 4,
  height: 2,
  channels: 3,
  colourOrder: 'RGB',
  layout: 'NCHW',
  resize: { mode: 'none' },
  range: [0, 1],
  mean: [0.1, 0.2, 0.3],
  std: [0.5, 0.25, 0.125],
};

function networkWith(changes: Partial<InputCard>) {
  const card = { ...usual, ...changes };
  const dims = [card.channels, card.height, card.width];
  const shape = card.layout === 'NCHW' ? dims : [card.height, card.width, card.channels];
  const b = newBuilder();
  b.input('input', { type: 'float32', shape: [1, ...shape] }, ['N', ...shape]);
  const logits = b.add('Flatten', ['input'], { axis: int(1) }, { name: 'logits' });
  return buildNetwork({ ...b.build([logits]), types: new Map() }, card, 1);
}

describe('the colour that preprocessing maps to zero', () => {
  it.each([
    ['is the mean', {}, [0.1, 0.2, 0.3]],
    [
      'is the mean in the image’s order where the network takes blue first',
      { colourOrder: 'BGR' },
      [0.3, 0.2, 0.1],
    ],
    ['counts from the range', { range: [-1, 1], mean: [0, 0.5, 1] }, [0.5, 0.75, 1]],
    ['is in pixels of 255', { range: [0, 255], mean: [51, 102, 0] }, [0.2, 0.4, 0]],
    ['is the same with channels last', { layout: 'NHWC' }, [0.1, 0.2, 0.3]],
    ['is one number for grey', { channels: 1, colourOrder: 'grey', mean: [0.4], std: [2] }, [0.4]],
  ] satisfies [string, Partial<InputCard>, number[]][])('%s', (_, changes, wanted) => {
    const found = networkZero(networkWith(changes));
    expect(found).toHaveLength(wanted.length);
    found.forEach((value, channel) => expect(value).toBeCloseTo(wanted[channel] ?? Number.NaN, 6));
  });
});

describe('a baseline', () => {
  const image = float32(
    Float32Array.from({ length: 24 }, (_, at) => at / 24),
    [1, 3, 2, 4],
  );
  const random = () => seededRandom(5);

  it('fills channels with one colour each', () => {
    const mean = floatsOf(baselineOf('mean', image, networkWith({ colourOrder: 'BGR' }), random));
    expect([...mean].map((value) => value.toFixed(2))).toEqual(
      ['0.30', '0.20', '0.10'].flatMap((value) => new Array<string>(8).fill(value)),
    );
    const grey = baselineOf('grey', image, networkWith({}), random);
    expect(new Set(floatsOf(grey))).toEqual(new Set([0.5]));
  });

  it('of noise lies in [0, 1) and follows the generator', () => {
    const noise = baselineOf('noise', image, networkWith({}), random);
    expect(floatsOf(noise)[0]).toBe(Math.fround(seededRandom(5).uniform()));
    expect(floatsOf(noise).every((value) => value >= 0 && value < 1)).toBe(true);
  });
});

describe('the blur', () => {
  it('has rows that sum to 1 and are Gaussian inside', () => {
    const [length, sigma] = [60, 2];
    const matrix = blurMatrix(length, sigma);
    for (let i = 0; i < length; i++) {
      const row = matrix.subarray(i * length, (i + 1) * length);
      expect(row.reduce((left, right) => left + right, 0)).toBeCloseTo(1, 12);
    }
    const at = (i: number, j: number): number => matrix[i * length + j] ?? Number.NaN;
    expect(at(30, 30)).toBeCloseTo(1 / (sigma * Math.sqrt(2 * Math.PI)), 4);
    expect(at(30, 33) / at(30, 30)).toBeCloseTo(Math.exp(-9 / 8), 12);
  });

  it('turns a point into the product of two Gaussians, the same whichever way the image lies', () => {
    const [height, width, sigma] = [40, 30, 1.5];
    const point = float32(new Float32Array(height * width), [1, 1, height, width]);
    floatsOf(point)[20 * width + 14] = 1;
    const result = floatsOf(blurred(point, sigma));
    for (const [row, column] of [
      [20, 14],
      [21, 16],
      [17, 12],
    ] as const) {
      const distance = (row - 20) ** 2 + (column - 14) ** 2;
      const wanted = Math.exp(-distance / (2 * sigma ** 2)) / (2 * Math.PI * sigma ** 2);
      expect(result[row * width + column]).toBeCloseTo(wanted, 5);
    }
    expect(result.reduce((left, right) => left + right, 0)).toBeCloseTo(1, 5);
  });
});

describe('windows', () => {
  it('take a seventh of 224 pixels and a quarter of that by themselves', () => {
    expect(windowSize(0, 0, 224, 300)).toEqual({ side: 32, stride: 8 });
    expect(windowSize(0, 0, 5, 3)).toEqual({ side: 1, stride: 1 });
    expect(windowSize(10, 0, 224, 224)).toEqual({ side: 10, stride: 3 });
  });

  it.each([
    [10, 7, 3, 2],
    [8, 8, 8, 8],
    [9, 5, 4, 4],
  ])('over %i by %i pixels cover every one with side %i and stride %i', (height, width, side, stride) => {
    const counts = new Array<number>(height * width).fill(0);
    for (const window of windowsOver(height, width, { side, stride })) {
      expect([window.bottom - window.top, window.right - window.left]).toEqual([side, side]);
      for (let row = window.top; row < window.bottom; row++) {
        for (let column = window.left; column < window.right; column++) {
          counts[row * width + column] = (counts[row * width + column] ?? Number.NaN) + 1;
        }
      }
    }
    expect(counts).toHaveLength(height * width);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(1);
  });
});
