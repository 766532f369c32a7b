import { backward } from '../autodiff/backward.ts';
import { type Random, normals, seededRandom } from '../base/random.ts';
import { sizeOf } from '../base/shape.ts';
import { type Tensor, float32, floatsOf } from '../base/tensor.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Graph } from '../graph/ir.ts';
import { int } from '../graph/ir.ts';
import { newBuilder } from '../ops/registry.ts';
import { cutAt } from '../passes/cutAt.ts';
import { outputOf } from '../runtime/program.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Network } from './network.ts';
import { classLogit } from './objective.ts';
import { innerProduct, moved, rootMeanSquare, stencil } from './stencil.ts';

export interface NetworkQuestion {
  readonly runtime: Runtime;
  /** The network at a batch size. */
  readonly networkAt: (batch: number) => Network;
  /** The point: [1, C, H, W] in [0, 1]. */
  readonly image: Tensor;
  /** The values at which the gradient is compared: the image input or feature maps. */
  readonly values: readonly string[];
  readonly seed: number;
  /** Directions of each kind; a multiple of `directionsPerRun`. */
  readonly directions?: number;
  /** Size of the step relative to the root mean square of the activation. */
  readonly step?: number;
}

/** How the gradient of the top logit by one value compares with finite differences. */
export interface ValueCheck {
  readonly value: string;
  readonly shape: readonly number[];
  /** Median over random directions of |difference − product|, relative to the RMS of the differences. */
  readonly random: number;
  /** The same along the gradient with each element scaled at random: a small error of scale shows here first. */
  readonly along: number;
  /** Share of the rectifiers behind the value whose sign differs between the point and the moved points. */
  readonly flipped: number;
}

/** Two directions at the four points of the stencil, and the point itself. */
const directionsPerRun = 2;
const rows = 1 + stencil.length * directionsPerRun;

const defaultStep = 1e-2;
const defaultDirections = 8;

/**
 * Compares the compiled gradient of the top class's logit by each value with central differences of
 * the network behind that value. A rectified network is only piecewise smooth and runs in float32, so
 * a single direction can be off where it crosses kinks: the median over directions is reported,
 * beside the share of rectifiers that changed sign.
 */
export async function* checkNetworkGradient(question: NetworkQuestion): AsyncGenerator<ValueCheck> {
  const { runtime, networkAt, seed } = question;
  const { target, points } = await compiledGradients(question);
  const network = networkAt(rows);
  const b = newBuilder(network.graph);
  const score = classLogit(b, network, target);
  const graph = b.build([score], network.graph);
  const random = seededRandom(seed);
  for (const { value, activation, gradient } of points) {
    const program = await runtime.compile(withFlips(cutAt(graph, value, [score]), value));
    const measure = async (direction: () => Float32Array): Promise<Measured> => {
      const measured: Measured = { differences: [], products: [], flipped: [] };
      for (let done = 0; done < (question.directions ?? defaultDirections); done += directionsPerRun) {
        const directions = Array.from({ length: directionsPerRun }, direction);
        const step = (question.step ?? defaultStep) * rootMeanSquare([...floatsOf(activation)]);
        const result = await program.run({ [value]: stacked(activation, directions, step) });
        const [scores, flips] = program.outputs.map((name) => floatsOf(outputOf(result, name)));
        measured.differences.push(...differencesOf(scores ?? new Float32Array(), step));
        measured.products.push(...directions.map((u) => innerProduct(floatsOf(gradient), u)));
        measured.flipped.push(flips?.[0] ?? 0);
      }
      return measured;
    };
    const size = sizeOf(activation.dims);
    const across = await measure(() => normals(random, size));
    const along = await measure(() => alongGradient(floatsOf(gradient), random));
    const flipped = Math.max(...across.flipped, ...along.flipped);
    const shape = activation.dims;
    yield { value, shape, random: medianError(across), along: medianError(along), flipped };
  }
}

interface Measured {
  readonly differences: number[];
  readonly products: number[];
  readonly flipped: number[];
}

interface Point {
  readonly value: string;
  readonly activation: Tensor;
  readonly gradient: Tensor;
}

/** One run of the compiled gradient program: the top class, and activation and gradient at each value. */
async function compiledGradients({
  runtime,
  networkAt,
  image,
  values,
}: NetworkQuestion): Promise<{ target: number; points: Point[] }> {
  const network = networkAt(1);
  const b = newBuilder(network.graph);
  const gradients = backward(b, { of: classLogit(b, network, 'top'), wrt: values });
  const kept = (name: string): string => b.add('Identity', [name], {}, { name: 'kept' });
  const names = values.map((value, index) => [kept(value), kept(gradients[index] ?? '')] as const);
  const program = await runtime.compile(b.build([network.logits, ...names.flat()], network.graph));
  const result = await program.run({ [network.image]: image });
  const logits = floatsOf(outputOf(result, network.logits));
  const target = logits.indexOf(
    logits.reduce((most, logit) => Math.max(most, logit), Number.NEGATIVE_INFINITY),
  );
  const points = values.map((value, index): Point => {
    const [activation = '', gradient = ''] = names[index] ?? [];
    return { value, activation: outputOf(result, activation), gradient: outputOf(result, gradient) };
  });
  return { target, points };
}

/** The rows of one run: the point, then for each direction the points of the stencil. */
function stacked(activation: Tensor, directions: readonly Float32Array[], step: number): Tensor {
  const point = floatsOf(activation);
  const data = new Float32Array(rows * point.length);
  data.set(point);
  directions.forEach((direction, k) => {
    stencil.forEach(({ offset }, j) => {
      const row = 1 + k * stencil.length + j;
      data.set(moved(point, direction, offset * step), row * point.length);
    });
  });
  return float32(data, [rows, ...activation.dims.slice(1)]);
}

function differencesOf(scores: Float32Array, step: number): number[] {
  return Array.from({ length: directionsPerRun }, (_, k) =>
    stencil.reduce(
      (sum, { weight }, j) => sum + (weight * (scores[1 + k * stencil.length + j] ?? Number.NaN)) / step,
      0,
    ),
  );
}

/** The gradient with each element scaled by a number in [0, 2), of root mean square about 1. */
function alongGradient(gradient: Float32Array, random: Random): Float32Array {
  const scale = 1 / Math.max(rootMeanSquare([...gradient]), Number.MIN_VALUE);
  return gradient.map((value) => 2 * random.uniform() * value * scale);
}

function medianError({ differences, products }: Measured): number {
  const signal = Math.max(rootMeanSquare(differences), Number.MIN_VALUE);
  const errors = differences.map(
    (difference, k) => Math.abs(difference - (products[k] ?? Number.NaN)) / signal,
  );
  errors.sort((left, right) => left - right);
  return errors[errors.length >> 1] ?? Number.NaN;
}

const rectifiers: ReadonlySet<string> = new Set(['Relu', 'LeakyRelu', 'PRelu', 'Clip']);

/** Adds the share of rectified elements y, over all rows, whose 1[y > 0] differs from that of the first row. */
function withFlips(graph: Graph, value: string): Graph {
  const b = newBuilder(graph);
  const rectified = graph.nodes.flatMap(({ opType, outputs: [output = ''] }) =>
    rectifiers.has(opType) && output !== '' && output !== value && b.shapeOf(output)[0] === rows
      ? [output]
      : [],
  );
  const elements = rectified.reduce((sum, name) => sum + sizeOf(b.shapeOf(name)), 0);
  if (elements === 0) return graph;
  const total = rectified.map((name) => flipsOf(b, name)).reduce((sum, count) => b.add('Add', [sum, count]));
  return b.build(
    [...graph.outputs, b.add('Div', [total, b.scalar(elements)], {}, { name: 'flipped' })],
    graph,
  );
}

function flipsOf(b: GraphBuilder, name: string): string {
  const active = b.add('Cast', [b.add('Greater', [name, b.scalar(0)])], { to: int(1) });
  const first = b.add('Slice', [active, b.axes([0]), b.axes([1]), b.axes([0])]);
  return b.add('ReduceSum', [b.add('Abs', [b.add('Sub', [active, first])])], { keepdims: int(0) });
}
