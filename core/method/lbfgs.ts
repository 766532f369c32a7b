import { LoupeError, expected } from '../base/errors.ts';
import { CurvatureHistory, dot } from './curvature.ts';

/** A function's value and gradient at a point. The arrays are only read until the next call. */
export interface Evaluation {
  readonly value: number;
  readonly gradient: Float32Array;
}

export interface MinimiseOptions {
  /** Steps at most; each takes one evaluation, seldom more. */
  readonly iterations: number;
  /** Steps that are remembered; 10 unless told. Memory: 8 bytes a variable and step. */
  readonly history?: number;
  /** Bounds of every variable. */
  readonly lower?: number;
  readonly upper?: number;
  /** Ends where no component of x − P(x − g) is greater: a step along the gradient, kept within the bounds. 0 unless told. */
  readonly tolerance?: number;
}

export interface Iterate {
  /** From 1. */
  readonly iteration: number;
  readonly value: number;
  /** Valid until the generator goes on. */
  readonly x: Float32Array;
}

/** Sufficient decrease and curvature (Nocedal and Wright, eq. 3.7 with their numbers for quasi-Newton methods). */
const [c1, c2] = [1e-4, 0.9];
const mostTrials = 25;

/**
 * Minimises a function by limited-memory BFGS (Nocedal and Wright, algorithm 7.5) with a line search for the strong Wolfe
 * conditions, so that the value never rises. Bounds: a variable that lies at one and whose gradient points outwards is
 * frozen, the others take the quasi-Newton step on the face that is left, and every trial point is projected (Bertsekas 1982).
 *
 * `evaluate` gets an array that changes between calls. Where a value or a gradient is not finite, the step is shortened. Ends early
 * at `tolerance`, and where float32 finds no lower value.
 *
 * @throws LoupeError nonFinite if the function is not finite at `start`; badArgument if its gradient has another length.
 */
export async function* minimise(
  evaluate: (x: Float32Array) => Promise<Evaluation>,
  start: Float32Array,
  options: MinimiseOptions,
): AsyncGenerator<Iterate, { x: Float32Array; value: number }> {
  // As float32, so that a variable can lie at its bound.
  const box = {
    lower: Math.fround(options.lower ?? -Infinity),
    upper: Math.fround(options.upper ?? Infinity),
  };
  const history = new CurvatureHistory(start.length, options.history ?? 10);
  const search = new Search(evaluate, start.length, box);
  const room = new Int32Array(start.length);
  let here = await firstPoint(evaluate, start, box);
  let spare = emptyPoint(start.length);
  for (let iteration = 1; iteration <= options.iterations; iteration++) {
    const frozen = frozenVariables(here, box, room);
    if (stationarity(here, box) <= (options.tolerance ?? 0)) break;
    const found = await step(search, history, here, spare, frozen);
    if (!found) break;
    history.push(here.x, spare.x, here.gradient, spare.gradient);
    [here, spare] = [spare, here];
    yield { iteration, value: here.value, x: here.x };
  }
  return { x: here.x.slice(), value: here.value };
}

interface Box {
  readonly lower: number;
  readonly upper: number;
}

const isOpen = ({ lower, upper }: Box): boolean => lower === -Infinity && upper === Infinity;

interface Point {
  readonly x: Float32Array;
  readonly gradient: Float32Array;
  value: number;
}

const emptyPoint = (length: number): Point => ({
  x: new Float32Array(length),
  gradient: new Float32Array(length),
  value: NaN,
});

async function firstPoint(
  evaluate: (x: Float32Array) => Promise<Evaluation>,
  start: Float32Array,
  { lower, upper }: Box,
): Promise<Point> {
  const x = start.map((value) => Math.min(upper, Math.max(lower, value)));
  const { value, gradient } = await evaluate(x);
  if (gradient.length !== x.length) {
    throw expected('badArgument', {
      wanted: `${x.length} numbers, one a variable,`,
      for: 'the gradient',
      received: String(gradient.length),
    });
  }
  if (!Number.isFinite(value + dot(gradient, gradient))) {
    throw new LoupeError(
      'nonFinite',
      'Expected a finite value and gradient where the search starts but received NaN or infinity. Start somewhere else or lower the weights.',
    );
  }
  return { x, gradient: gradient.slice(), value };
}

/** One step of the search from `here` to `to`; without memory if the memory leads nowhere. False: there is no lower value. */
async function step(
  search: Search,
  history: CurvatureHistory,
  here: Point,
  to: Point,
  frozen: Int32Array,
): Promise<boolean> {
  for (;;) {
    history.direction(here.gradient, search.direction, frozen);
    const first = history.size === 0 ? 1 / Math.sqrt(dot(search.direction, search.direction)) : 1;
    if (await search.along(here, to, Math.min(first, 1))) return true;
    if (history.size === 0) return false;
    history.clear();
  }
}

/** The variables at a bound whose gradient points outwards, written into `room`. */
function frozenVariables({ x, gradient }: Point, box: Box, room: Int32Array): Int32Array {
  const { lower, upper } = box;
  let count = 0;
  if (isOpen(box)) return room.subarray(0, 0);
  for (let i = 0; i < x.length; i++) {
    const [value, slope] = [x[i] ?? 0, gradient[i] ?? 0];
    if ((value <= lower && slope > 0) || (value >= upper && slope < 0)) room[count++] = i;
  }
  return room.subarray(0, count);
}

/** max |x − P(x − g)|, which is 0 exactly where no step along the gradient is possible. */
function stationarity({ x, gradient }: Point, { lower, upper }: Box): number {
  let greatest = 0;
  for (let i = 0; i < x.length; i++) {
    const value = x[i] ?? 0;
    const moved = Math.abs(Math.min(upper, Math.max(lower, value - (gradient[i] ?? 0))) - value);
    if (moved > greatest) greatest = moved;
  }
  return greatest;
}

/** A place on the search path: the step, and value and slope there. */
interface Place {
  readonly step: number;
  readonly value: number;
  readonly slope: number;
}

/** The search along the path x(t) = P(x + t d). */
class Search {
  readonly direction: Float64Array;
  readonly #evaluate: (x: Float32Array) => Promise<Evaluation>;
  readonly #box: Box;

  constructor(evaluate: (x: Float32Array) => Promise<Evaluation>, length: number, box: Box) {
    this.direction = new Float64Array(length);
    this.#evaluate = evaluate;
    this.#box = box;
  }

  /**
   * Finds a step with sufficient decrease and a slope that is flat enough, and leaves the point in `to`. Between `low`, which has the
   * decrease and still goes down, and `high`, which has not or goes up, there always is one (the function that is compared, value
   * minus c₁ of the tangent, falls at the one end and lies higher or rises at the other).
   */
  async along(from: Point, to: Point, first: number): Promise<boolean> {
    this.#stayInside(from);
    const start: Place = { step: 0, value: from.value, slope: dot(from.gradient, this.direction) };
    if (!(start.slope < 0)) return false;
    let [low, high]: [Place, Place | undefined] = [start, undefined];
    let step = first;
    for (let trial = 0; trial < mostTrials; trial++) {
      const here = await this.#tryAt(from, to, step);
      if (here === 'nowhere') break;
      if (!this.#decreases(from, to)) high = here;
      else if (Math.abs(here.slope) <= -c2 * start.slope) return true;
      else if (here.slope > 0) high = here;
      else {
        if (high === undefined) step = beyond(low, here);
        low = here;
      }
      if (high !== undefined) step = between(low, high);
      if (!Number.isFinite(step) || step === low.step) break;
    }
    if (low.step === 0) return false;
    await this.#tryAt(from, to, low.step);
    return true;
  }

  /** A variable at a bound that the quasi-Newton step would push out stays; the slope only gets steeper by that. */
  #stayInside({ x }: Point): void {
    const { lower, upper } = this.#box;
    if (isOpen(this.#box)) return;
    const { direction } = this;
    for (let i = 0; i < x.length; i++) {
      const [value, change] = [x[i] ?? 0, direction[i] ?? 0];
      if ((value <= lower && change < 0) || (value >= upper && change > 0)) direction[i] = 0;
    }
  }

  async #tryAt(from: Point, to: Point, step: number): Promise<Place | 'nowhere'> {
    const { direction } = this;
    const { lower, upper } = this.#box;
    let moved = false;
    for (let i = 0; i < direction.length; i++) {
      const old = from.x[i] ?? 0;
      const value = old + step * (direction[i] ?? 0);
      to.x[i] = value < lower ? lower : value > upper ? upper : value;
      moved ||= to.x[i] !== old;
    }
    if (!moved) return 'nowhere';
    const { value, gradient } = await this.#evaluate(to.x);
    to.gradient.set(gradient);
    const slope = this.#slopeAt(to);
    to.value = Number.isFinite(value + slope) ? value : Infinity;
    return { step, value: to.value, slope };
  }

  /** The path's slope: a variable that was stopped by a bound no longer moves. */
  #slopeAt({ x, gradient }: Point): number {
    const { direction } = this;
    const { lower, upper } = this.#box;
    if (isOpen(this.#box)) return dot(gradient, direction);
    let sum = 0;
    for (let i = 0; i < x.length; i++) {
      const value = x[i] ?? 0;
      if (value > lower && value < upper) sum += (gradient[i] ?? 0) * (direction[i] ?? 0);
    }
    return sum;
  }

  /** f(x(t)) ≤ f(x) + c₁ g·(x(t) − x), the rule of Armijo along a projected path. */
  #decreases(from: Point, to: Point): boolean {
    let predicted = 0;
    for (let i = 0; i < from.x.length; i++) {
      predicted += (from.gradient[i] ?? 0) * ((to.x[i] ?? 0) - (from.x[i] ?? 0));
    }
    return predicted < 0 && to.value <= from.value + c1 * predicted;
  }
}

/** A longer step, where the slope would be 0 if it went on changing so: 2 to 10 times as long. */
function beyond(low: Place, here: Place): number {
  const flattens = here.slope > low.slope;
  const flat = here.step + ((here.step - low.step) * here.slope) / (low.slope - here.slope);
  return flattens ? Math.min(10 * here.step, Math.max(2 * here.step, flat)) : 10 * here.step;
}

/** The minimum of the cubic through both ends (Nocedal and Wright, eq. 3.59), kept off the ends; a tenth of the way if `high` is not finite. */
function between(low: Place, high: Place): number {
  const width = high.step - low.step;
  if (!Number.isFinite(high.value)) return low.step + 0.1 * width;
  const d1 = low.slope + high.slope - (3 * (low.value - high.value)) / (low.step - high.step);
  const d2 = Math.sqrt(d1 * d1 - low.slope * high.slope);
  const share = 1 - (high.slope + d2 - d1) / (high.slope - low.slope + 2 * d2);
  return low.step + width * (Number.isNaN(share) ? 0.5 : Math.min(0.9, Math.max(0.1, share)));
}
