import { describe, expect, it } from 'vitest';
import { horizontalAxis, verticalAxis } from '../../../core/engine/pictures/plotAxes.ts';
import { rowsOfLabels } from '../../../core/engine/pictures/plotFrame.ts';
import { bandPath, linePath, markedPoints, styleOf } from '../../../core/engine/pictures/plotMarks.ts';
import { linearTicks, logarithmicTicks, niceStep, tickLabels } from '../../../core/engine/pictures/ticks.ts';

describe('ticks', () => {
  it.each([
    [1, 1],
    [1.1, 2],
    [0.21, 0.5],
    [0.05, 0.05],
    [0.3 / 3, 0.1],
    [6, 10],
    [3e-7, 5e-7],
  ])('need a step of at least %d: %d', (least, step) => {
    expect(niceStep(least)).toBe(step);
  });

  it('are multiples of the step inside the range, without the noise of binary fractions', () => {
    expect(linearTicks(0, 1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(linearTicks(-0.31, 0.3)).toEqual([-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3]);
    expect(linearTicks(1, 500)).toEqual([100, 200, 300, 400, 500]);
    expect(linearTicks(0.1, 0.7, 6)).toEqual([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]);
  });

  it('on a logarithmic axis are 1, 2, 5 or powers of ten, whichever is few', () => {
    expect(logarithmicTicks(1, 100)).toEqual([1, 2, 5, 10, 20, 50, 100]);
    expect(logarithmicTicks(1e-7, 1e-1)).toEqual([1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1]);
    expect(logarithmicTicks(1e-12, 1e8)).toEqual([1e-12, 1e-9, 1e-6, 1e-3, 1, 1e3, 1e6]);
    expect(logarithmicTicks(3, 4)).toEqual([3, 3.2, 3.4, 3.6, 3.8, 4]);
  });

  it.each([
    [
      [0, 0.5, 1],
      ['0.0', '0.5', '1.0'],
    ],
    [
      [-20, 0, 20],
      ['−20', '0', '20'],
    ],
    [
      [1.0002, 1.0004],
      ['1.0002', '1.0004'],
    ],
    [
      [0, 5e-6, 1e-5, 1.5e-5],
      ['0', '5×10⁻⁶', '1×10⁻⁵', '1.5×10⁻⁵'],
    ],
    [
      [1000000, 1000500],
      ['1×10⁶', '1.0005×10⁶'],
    ],
    [[0], ['0']],
  ])('%j are written %j', (ticks, labels) => {
    expect(tickLabels(ticks)).toEqual(labels);
  });
});

describe('axes', () => {
  it('reach from tick to tick around the data, or exactly over a given range', () => {
    const around = verticalAxis({ values: [-0.27, 0.83, Number.NaN], percent: false });
    expect([around.low, around.high]).toEqual([-0.4, 1]);
    expect(around.ticks.map(({ label }) => label)).toEqual([
      '−0.4',
      '−0.2',
      '0.0',
      '0.2',
      '0.4',
      '0.6',
      '0.8',
      '1.0',
    ]);
    const given = verticalAxis({ values: [5], range: [0.05, 0.95], percent: false });
    expect([given.low, given.high, given.place(0.05), given.place(0.95)]).toEqual([0.05, 0.95, 0, 1]);
  });

  it('in percent reach from 0 to 100 unless the range is given', () => {
    const { low, high, ticks } = verticalAxis({ values: [0.4, 0.6], percent: true });
    expect([low, high]).toEqual([0, 1]);
    expect(ticks.map(({ value, label }) => `${value} ${label}`)).toEqual([
      '0 0 %',
      '0.2 20 %',
      '0.4 40 %',
      '0.6 60 %',
      '0.8 80 %',
      '1 100 %',
    ]);
    const narrow = verticalAxis({ values: [], range: [0.97, 0.99], percent: true });
    expect(narrow.ticks.map(({ label }) => label).slice(0, 2)).toEqual(['97.0 %', '97.5 %']);
  });

  it('give each decade the same space where they are logarithmic', () => {
    const { place, ticks } = horizontalAxis({ values: [0.001, 0.5, 10], logarithmic: true });
    expect([0.001, 0.01, 0.1, 1, 10].map((value) => Number(place(value).toFixed(9)))).toEqual([
      0, 0.25, 0.5, 0.75, 1,
    ]);
    expect(ticks.map(({ label }) => label)).toEqual(['0.001', '0.01', '0.1', '1', '10']);
    const small = horizontalAxis({ values: [1e-5, 1], logarithmic: true });
    expect(small.ticks.map(({ label }) => label)).toEqual(['10⁻⁵', '10⁻⁴', '10⁻³', '10⁻²', '10⁻¹', '10⁰']);
  });

  it('widen a single value about itself', () => {
    expect(horizontalAxis({ values: [4], logarithmic: false })).toMatchObject({ low: 2, high: 6 });
    expect(horizontalAxis({ values: [4], logarithmic: true })).toMatchObject({ low: 2, high: 8 });
    expect(verticalAxis({ values: [0, 0], percent: false })).toMatchObject({ low: -1, high: 1 });
  });

  it('put crowded labels into two rows, and leave out what has room in neither, but never the last', () => {
    const ticks = ['0', '1/255', '2/255', '4/255', '16/255'].map((label, value) => ({ value, label }));
    expect(rowsOfLabels(ticks, [100, 140, 180, 260, 740])).toEqual([[0, 1, 3, 4], [2]]);
    const crowded = Array.from({ length: 9 }, (_, value) => ({ value, label: '1/255' }));
    // Each label is 35 pixels wide and needs 8 more: every third has room, the row below takes the next.
    expect(
      rowsOfLabels(
        crowded,
        crowded.map(({ value }) => 100 + 20 * value),
      ),
    ).toEqual([
      [0, 3, 8],
      [1, 4, 7],
    ]);
  });
});

describe('marks', () => {
  it('are broken where a number is missing', () => {
    const line = linePath([
      [0, 1],
      [1, 2],
      [2, Number.NaN],
      [3, 4.126],
      [4, 5],
    ]);
    expect(line).toBe('M0 1L1 2M3 4.13L4 5');
  });

  it('draw a band along its upper and back along its lower end, in one polygon a run', () => {
    const upper = [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, Number.NaN],
      [4, 5],
    ] as const;
    const lower = [
      [0, 10],
      [1, 20],
      [2, 30],
      [3, 40],
      [4, 50],
    ] as const;
    expect(bandPath(upper, lower)).toBe('M0 1L1 2L2 3L2 30L1 20L0 10ZM4 5L4 50Z');
  });

  it('mark all points of a sparse curve, and one in about 60 pixels of a dense one', () => {
    const sparse = Array.from({ length: 20 }, (_, at) => [at * 11, 5] as const);
    expect(markedPoints(sparse)).toHaveLength(20);
    const dense = Array.from({ length: 300 }, (_, at) => [at * 2, at % 2] as const);
    expect(markedPoints(dense).map(([x]) => x)).toEqual([0, 60, 120, 180, 240, 300, 360, 420, 480, 540]);
    const broken = dense.map(([x, y], at) => [x, at === 50 ? Number.NaN : y] as const);
    expect(markedPoints(broken).map(([x]) => x)).toEqual([
      0, 60, 102, 162, 222, 282, 342, 402, 462, 522, 582,
    ]);
  });

  it('differ in colour or marker for 49 curves, and in all three for neighbours', () => {
    const styles = Array.from({ length: 49 }, (_, index) => styleOf(index));
    expect(new Set(styles.map(({ colour, marker }) => colour + marker)).size).toBe(49);
    expect(styles[0]).toEqual({ colour: '#0072B2', marker: 'circle', dash: '' });
    styles.slice(1).forEach((style, index) => {
      const before = styles[index];
      expect(style.colour).not.toBe(before?.colour);
      expect(style.marker).not.toBe(before?.marker);
      expect(style.dash).not.toBe(before?.dash);
    });
  });
});
