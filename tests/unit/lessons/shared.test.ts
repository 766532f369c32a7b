import { describe, expect, it } from 'vitest';
import { floatsOf } from '../../../core/base/tensor.ts';
import { atLeast, atMost, exactly, near } from '../../../core/lessons/shared/checks.ts';
import { clouds, mislabelled, partOf, spirals } from '../../../core/lessons/shared/classPoints.ts';
import { letterPictures } from '../../../core/lessons/shared/letterPictures.ts';
import { drawPlane, planeGrid, planeSide } from '../../../core/lessons/shared/plane.ts';
import { lossCurves, meansOfStretches } from '../../../core/lessons/shared/series.ts';

describe('a check', () => {
  it('holds up to its limit and not beyond, and never for what is no number', () => {
    expect(
      [atMost('a', 2, 2), atMost('a', 2.1, 2), atMost('a', Number.NaN, 2)].map(({ holds }) => holds),
    ).toEqual([true, false, false]);
    expect(
      [atLeast('a', 2, 2), atLeast('a', 1.9, 2), atLeast('a', Number.NaN, 2)].map(({ holds }) => holds),
    ).toEqual([true, false, false]);
    expect([exactly('a', 4, 4), exactly('a', 3, 4)].map(({ holds }) => holds)).toEqual([true, false]);
    expect(
      [near('a', 1.1, 1, 0.2), near('a', 0.7, 1, 0.2), near('a', Number.NaN, 1, 0.2)].map(
        ({ holds }) => holds,
      ),
    ).toEqual([true, false, false]);
  });

  it('says what it wants', () => {
    expect(atMost('the error', 0, 0.002).claim).toBe('the error: at most 0.002');
    expect(near('the factor', 1, 0.5, 0.2).claim).toBe('the factor: 0.5, give or take 20 %');
  });
});

/** The colour at a place of the plane, in eighths. */
function colourAt(image: ReturnType<typeof drawPlane>, x: number, y: number): number[] {
  const [column, row] = [x, 1 - y].map((share) => Math.min(planeSide - 1, Math.floor(share * planeSide)));
  const values = floatsOf(image);
  return [0, 1, 2].map(
    (channel) => values[(channel * planeSide + (row ?? 0)) * planeSide + (column ?? 0)] ?? Number.NaN,
  );
}

describe('a picture of a plane', () => {
  const points = [
    { at: [0.25, 0.25] as const, positive: true },
    { at: [0.75, 0.75] as const, positive: false },
  ];

  it('has discs, rings, lines and areas where they belong, y upwards', () => {
    const answers = planeGrid({ low: 0, high: 1 }, 8)
      .filter((_, index) => index % 2 === 0)
      .map((x) => (x > 0.5 ? 1 : 0));
    const image = drawPlane({ low: 0, high: 1, points, answers, lines: [{ weights: [0, 2], bias: -1 }] });
    const [red = 0, , blue = 0] = colourAt(image, 0.25, 0.25);
    expect(blue).toBeGreaterThan(red + 0.4);
    expect(colourAt(image, 0.75, 0.75)).toEqual([1, 1, 1]);
    const [dark = 1] = colourAt(image, 0.4, 0.5);
    expect(dark).toBeLessThan(0.4);
    const [leftRed = 0, , leftBlue = 0] = colourAt(image, 0.1, 0.9);
    const [rightRed = 0, , rightBlue = 0] = colourAt(image, 0.9, 0.1);
    expect(leftRed).toBeGreaterThan(leftBlue);
    expect(rightBlue).toBeGreaterThan(rightRed);
  });
});

describe('the data of lessons', () => {
  it('depends on the seed alone', () => {
    const size = { length: 12, width: 3, classes: 2, distance: 1 };
    expect(clouds(1, size)).toEqual(clouds(1, size));
    expect(clouds(2, size).inputs).not.toEqual(clouds(1, size).inputs);
    expect(letterPictures(1, 12, 0).images).toEqual(letterPictures(1, 12, 0).images);
    expect(letterPictures(1, 12, 1).images).not.toEqual(letterPictures(1, 12, 0).images);
  });

  it('puts each spiral half a turn from the other', () => {
    const { inputs, labels } = spirals(0, { length: 200, classes: 2, noise: 0 });
    for (let n = 0; n < 200; n++) {
      const [x = 0, y = 0] = inputs.subarray(2 * n, 2 * n + 2);
      const along = Math.hypot(x, y);
      const turned = (Math.atan2(y, x) - 2 * Math.PI * along - Math.PI * (labels[n] ?? 0)) / (2 * Math.PI);
      expect(Math.abs(turned - Math.round(turned))).toBeLessThan(1e-4);
    }
  });

  it('gives about the wanted share wrong labels, and takes parts in order', () => {
    const points = clouds(3, { length: 2000, width: 1, classes: 2, distance: 1 });
    const wrong = mislabelled(points, 0.2, 3);
    const changed = wrong.labels.filter((label, n) => label !== points.labels[n]).length;
    expect(changed / 2000).toBeGreaterThan(0.17);
    expect(changed / 2000).toBeLessThan(0.23);
    const part = partOf(points, 5, 7);
    expect(part.inputs).toEqual(points.inputs.slice(5, 7));
    expect(part.labels).toEqual(Int32Array.from([1, 0]));
  });
});

describe('loss curves', () => {
  it('average stretches of long trainings and leave short ones alone', () => {
    expect(meansOfStretches([1, 3, 5, 7], 2)).toEqual([2, 6]);
    const text = { name: 'loss', title: 'Loss' };
    const short = lossCurves(text, [{ label: 'a', losses: [3, 2, 1] }]);
    expect([short.x.values, short.series[0]?.y]).toEqual([
      [1, 2, 3],
      [3, 2, 1],
    ]);
    const long = lossCurves(text, [{ label: 'a', losses: Array.from({ length: 600 }, (_, step) => step) }]);
    expect([long.x.values.length, long.x.values.at(-1), long.series[0]?.y[0]]).toEqual([60, 600, 4.5]);
  });
});
