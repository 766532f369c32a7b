import type { Composite } from '../autodiff/composite.ts';
import { type Random, normals, seededRandom } from '../base/random.ts';
import { sizeOf } from '../base/shape.ts';
import { float32, floatsOf } from '../base/tensor.ts';
import type { Graph } from '../graph/ir.ts';
import { prune } from '../passes/prune.ts';
import { type Feeds, type Program, outputOf } from '../runtime/program.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { gradientGraph } from './gradientGraph.ts';
import { innerProduct, moved, rootMeanSquare, stencil } from './stencil.ts';

export interface GradientQuestion {
  /** A specialised graph. */
  readonly graph: Graph;
  /** The float32 values that are differentiated. */
  readonly outputs: readonly string[];
  /** The float32 graph inputs by which they are differentiated. */
  readonly wrt: readonly string[];
  /** The point: a value for every graph input. */
  readonly feeds: Feeds;
  readonly seed: number;
  /** What counts as agreement; a step that misses it is tried again finer. */
  readonly tolerance: number;
  /** Alternative backward rules, when it is those that are checked. */
  readonly composite?: Composite;
}

export interface GradientComparison {
  readonly wrt: string;
  /** Greatest difference, relative to the RMS of the finite differences, less what rounding explains. */
  readonly error: number;
  /** ⟨v, (f(x + hu) − f(x − hu))/2h⟩, by direction u. */
  readonly differences: readonly number[];
  /** ⟨vjp(v), u⟩, by direction u. */
  readonly products: readonly number[];
}

const directionCount = 6;

/**
 * Steps along directions with elements in [−1, 1]. The coarse one moves an element by 1/32 at most,
 * which keeps points 0.1 away from a kink, or from each other, apart. A wrong rule is wrong at
 * both; a step that reaches too near to a pole is only wrong at the coarse one.
 */
const steps = [1 / 64, 1 / 128];

/** Rounding of a float32 result, relative. */
const rounding = 2 ** -24;

/**
 * Compares the vjp of `outputs` with central differences of the forward graph, in random directions
 * and for a random cotangent v: the programs run in float32, sums are taken in double precision.
 * Each input is moved by itself.
 */
export async function checkGradient(
  runtime: Runtime,
  question: GradientQuestion,
): Promise<GradientComparison[]> {
  const { graph, outputs, wrt, feeds } = question;
  const random = seededRandom(question.seed);
  const { graph: extended, cotangents, gradients } = gradientGraph(graph, outputs, wrt, question.composite);
  const weights = new Map(
    outputs.map((output) => [output, normals(random, sizeOf(graph.types.get(output)?.shape ?? []))]),
  );
  const forward = await runtime.compile(prune(graph, outputs));
  const reverse = await runtime.compile(extended);
  const cotangentFeeds = [...cotangents].map(([output, input]) => {
    const dims = graph.types.get(output)?.shape ?? [];
    return [input, float32(weights.get(output) ?? [], dims)] as const;
  });
  const result = await reverse.run({ ...feeds, ...Object.fromEntries(cotangentFeeds) });
  const comparisons: GradientComparison[] = [];
  for (const name of wrt) {
    const gradient = floatsOf(outputOf(result, gradients.get(name) ?? ''));
    comparisons.push(
      await compareInput({ forward, feeds, weights, name, gradient, random }, question.tolerance),
    );
  }
  return comparisons;
}

interface InputCheck {
  readonly forward: Program;
  readonly feeds: Feeds;
  readonly weights: ReadonlyMap<string, Float32Array>;
  readonly name: string;
  readonly gradient: Float32Array;
  readonly random: Random;
}

async function compareInput(check: InputCheck, tolerance: number): Promise<GradientComparison> {
  const directions = Array.from({ length: directionCount }, () =>
    check.gradient.map(() => 2 * check.random.uniform() - 1),
  );
  let best: GradientComparison | undefined;
  for (const step of steps) {
    const found = await compareAtStep(check, directions, step);
    if (best === undefined || found.error < best.error) best = found;
    if (best.error <= tolerance) break;
  }
  return best ?? { wrt: check.name, error: Number.NaN, differences: [], products: [] };
}

async function compareAtStep(
  check: InputCheck,
  directions: readonly Float32Array[],
  step: number,
): Promise<GradientComparison> {
  const differences: number[] = [];
  const products: number[] = [];
  let noise = 0;
  for (const direction of directions) {
    const { difference, scale } = await differenceAlong(check, direction, step);
    differences.push(difference);
    products.push(innerProduct(check.gradient, direction));
    noise = Math.max(noise, (4 * rounding * scale) / step);
  }
  const worst = Math.max(
    ...differences.map((difference, k) => Math.abs(difference - (products[k] ?? Number.NaN))),
  );
  const signal = Math.max(rootMeanSquare(differences), Number.MIN_VALUE);
  return { wrt: check.name, error: Math.max(0, worst - noise) / signal, differences, products };
}

/** The finite difference, and the size of the terms that it sums: √Σ(v·f)². */
async function differenceAlong(
  { forward, feeds, weights, name }: InputCheck,
  direction: Float32Array,
  step: number,
): Promise<{ difference: number; scale: number }> {
  const point = feeds[name] ?? float32([]);
  let [difference, squares] = [0, 0];
  for (const { offset, weight } of stencil) {
    const x = float32(moved(floatsOf(point), direction, offset * step), point.dims);
    const result = await forward.run({ ...feeds, [name]: x });
    squares = 0;
    for (const [output, v] of weights) {
      const values = floatsOf(outputOf(result, output));
      difference += weight * innerProduct(values, v);
      squares += innerProduct(
        values.map((value) => value ** 2),
        v.map((value) => value ** 2),
      );
    }
  }
  return { difference: difference / step, scale: Math.sqrt(squares) };
}
