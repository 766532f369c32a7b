import type { CurveResult } from '../../protocol/results.ts';

/** Decimal logarithms; a value that is not positive has none. */
export const logarithms = (values: readonly number[]): number[] =>
  values.map((value) => (value > 0 ? Math.log10(value) : Number.NaN));

/** 1, 2, … n. */
export const countTo = (n: number): number[] => Array.from({ length: n }, (_, index) => index + 1);

/** `count` numbers from `low` to `high`, evenly spread. */
export const spread = (low: number, high: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => low + ((high - low) * index) / (count - 1));

export const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

/** The means of `count` stretches of `values` as equal as can be: a noisy curve made legible. */
export function meansOfStretches(values: readonly number[], count: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    const [from, to] = [index, index + 1].map((at) => Math.round((at * values.length) / count));
    return mean(values.slice(from, to));
  });
}

export interface LossCurve {
  readonly label: string;
  readonly losses: readonly number[];
}

/** Longer curves are averaged over stretches, to so many points. */
const [greatestLength, shownPoints] = [150, 60];

/** Losses of trainings of the same number of steps over the steps; stretches of a long one are averaged. */
export function lossCurves(
  text: Pick<CurveResult, 'name' | 'title' | 'notes'>,
  curves: readonly LossCurve[],
): CurveResult {
  const steps = Math.max(...curves.map(({ losses }) => losses.length));
  const points = steps <= greatestLength ? steps : shownPoints;
  return {
    ...text,
    type: 'curve',
    x: { label: 'step', values: countTo(points).map((at) => Math.round((at * steps) / points)) },
    y: { label: 'training loss' },
    series: curves.map(({ label, losses }) => ({ label, y: meansOfStretches(losses, points) })),
  };
}
