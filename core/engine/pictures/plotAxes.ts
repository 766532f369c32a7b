import { formatNumber, superscript } from '../../base/formatNumber.ts';
import { linearTicks, logarithmicTicks, multiplesOf, niceStep, tickLabels } from './ticks.ts';

export interface Tick {
  /** In data units. */
  readonly value: number;
  readonly label: string;
}

/** From numbers to pixels, and where the ticks are. */
export interface Axis {
  /** The numbers at the ends of the axis. */
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly Tick[];
  /** The place of a number on the axis: 0 at `low`, 1 at `high`. */
  readonly place: (value: number) => number;
}

export interface XAxisOptions {
  /** Finite; positive where the axis is logarithmic. */
  readonly values: readonly number[];
  /** A label for each value; else nice numbers. */
  readonly labels?: readonly string[] | undefined;
  readonly logarithmic: boolean;
}

/** From the least to the greatest value, without margins; a single value is widened about itself. */
export function horizontalAxis({ values, labels, logarithmic }: XAxisOptions): Axis {
  const [least, greatest] = extentOf(values);
  const [low, high] = logarithmic ? widenedByFactor(least, greatest) : widened(least, greatest);
  const numbers = logarithmic ? logarithmicTicks(low, high) : linearTicks(low, high);
  const texts = logarithmic ? ownLabels(numbers) : tickLabels(numbers);
  const given = labels === undefined ? undefined : values.map((value, index) => tick(value, labels[index]));
  const ticks = given ?? numbers.map((value, index) => tick(value, texts[index]));
  if (!logarithmic) return { low, high, ticks, place: (value) => (value - low) / (high - low) };
  const span = Math.log(high / low);
  return { low, high, ticks, place: (value) => Math.log(value / low) / span };
}

export interface YAxisOptions {
  /** All that is to be seen; numbers that are not finite are passed over. */
  readonly values: readonly number[];
  readonly range?: readonly [number, number] | undefined;
  /** Values are shares of one, labelled in percent; without a range the axis then reaches from 0 to 100 % at least. */
  readonly percent: boolean;
}

/** Exactly the range where one is given, else from tick to tick around all values. */
export function verticalAxis({ values, range, percent }: YAxisOptions): Axis {
  const seen = extentOf([...values.filter(Number.isFinite), ...(percent ? [0, 1] : [])]);
  const [least, greatest] = range ?? widened(...seen);
  const step = niceStep((greatest - least) / 8);
  const [low, high] = range ?? outToMultiples(step, least, greatest);
  const unit = percent ? 100 : 1;
  const numbers = multiplesOf(step * unit, low * unit, high * unit);
  const texts = tickLabels(numbers);
  const ticks = numbers.map((number, index) =>
    tick(number / unit, percent ? `${texts[index] ?? ''} %` : texts[index]),
  );
  return { low, high, ticks, place: (value) => (value - low) / (high - low) };
}

const tick = (value: number, label = ''): Tick => ({ value, label });

/** The least and the greatest of any number of values; [0, 1] for none. */
function extentOf(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 1];
  return values.reduce<[number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
}

function widened(low: number, high: number): [number, number] {
  if (high > low) return [low, high];
  const half = low === 0 ? 1 : Math.abs(low) / 2;
  return [low - half, high + half];
}

function widenedByFactor(low: number, high: number): [number, number] {
  return high > low ? [low, high] : [low / 2, high * 2];
}

function outToMultiples(step: number, low: number, high: number): [number, number] {
  return [Math.floor(low / step + 1e-6) * step, Math.ceil(high / step - 1e-6) * step];
}

/**
 * Each with its own digits (0.001, 0.01, 0.1), unless that makes two of them equal. Powers of ten are all written as
 * such where one of them would be anyway.
 */
function ownLabels(ticks: readonly number[]): string[] {
  const exponents = ticks.map((value) => Math.round(Math.log10(value)));
  const powers = ticks.every((value, index) => Math.abs(value / 10 ** (exponents[index] ?? 0) - 1) < 1e-9);
  const labels = ticks.map((value) => formatNumber(value));
  if (powers && labels.some((label) => label.includes('×')))
    return exponents.map((exponent) => `10${superscript(exponent)}`);
  return new Set(labels).size < labels.length ? tickLabels(ticks) : labels;
}
