import { formatNumber } from '../../base/formatNumber.ts';

/** The least of 1, 2, 5 times a power of ten that is at least `least`. */
export function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  // The factor guards against quotients such as 2.0000000000000004.
  const factor = [1, 2, 5].find((mantissa) => mantissa * power >= least * (1 - 1e-9)) ?? 10;
  return clean(factor * power);
}

/** Multiples of a nice step inside [low, high], at most `most + 1` of them. */
export function linearTicks(low: number, high: number, most = 8): number[] {
  return multiplesOf(niceStep((high - low) / most), low, high);
}

/** Multiples of `step` in [low, high]. */
export function multiplesOf(step: number, low: number, high: number): number[] {
  const slack = 1e-6;
  const first = Math.ceil(low / step - slack);
  const last = Math.floor(high / step + slack);
  return Array.from({ length: last - first + 1 }, (_, index) => clean((first + index) * step));
}

/**
 * Ticks of a logarithmic axis: 1, 2, 5 times powers of ten where they are few, powers of ten where the range is wide, and
 * linear ones where it is too narrow for either.
 */
export function logarithmicTicks(low: number, high: number, most = 8): number[] {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const powers = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const inside = (value: number): boolean => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9);
  const every = (mantissas: readonly number[], stride: number): number[] =>
    powers
      .filter((power) => power % stride === 0)
      .flatMap((power) => mantissas.map((mantissa) => clean(mantissa * 10 ** power)))
      .filter(inside);
  const fine = every([1, 2, 5], 1);
  if (fine.length < 2) return linearTicks(low, high, most);
  if (fine.length <= most) return fine;
  let stride = 1;
  while (every([1], stride).length > most) stride++;
  return every([1], stride);
}

/** Labels with as many decimals as tell the ticks apart, the same for all; powers of ten for very small and large ones. */
export function tickLabels(ticks: readonly number[]): string[] {
  const [first = 0, second = first] = ticks;
  const step = Math.abs(second - first);
  const greatest = Math.max(...ticks.map(Math.abs));
  if (greatest === 0) return ticks.map(() => '0');
  const exponentOf = (value: number): number => Math.floor(Math.log10(value) + 1e-9);
  if (greatest >= 1e5 || greatest < 1e-3) {
    const digits = step === 0 ? 3 : exponentOf(greatest) - exponentOf(step) + 1;
    return ticks.map((tick) => formatNumber(tick, Math.min(15, Math.max(1, digits))));
  }
  if (step === 0) return ticks.map((tick) => formatNumber(tick));
  const decimals = Math.min(12, Math.max(0, -exponentOf(step)));
  return ticks.map((tick) => tick.toFixed(decimals).replace('-', '−'));
}

/** Without the noise of binary fractions: 0.3 and not 0.30000000000000004. */
const clean = (value: number): number => Number(value.toPrecision(12));
