import type { Check } from '../define.ts';

const short = (limit: number): string => String(Number(limit.toPrecision(3)));

/** `what` is at most `limit`; a value that is no number does not hold. */
export function atMost(what: string, value: number, limit: number): Check {
  return { claim: `${what}: at most ${short(limit)}`, value, holds: value <= limit };
}

/** `what` is at least `limit`. */
export function atLeast(what: string, value: number, limit: number): Check {
  return { claim: `${what}: at least ${short(limit)}`, value, holds: value >= limit };
}

/** `what`, which can be counted, is exactly `count`. */
export function exactly(what: string, value: number, count: number): Check {
  return { claim: `${what}: ${count}`, value, holds: value === count };
}

/** `what` differs from `wanted` by at most `share` of it. */
export function near(what: string, value: number, wanted: number, share: number): Check {
  const claim = `${what}: ${short(wanted)}, give or take ${short(100 * share)} %`;
  return { claim, value, holds: Math.abs(value - wanted) <= share * wanted };
}
