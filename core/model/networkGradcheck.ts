import { backward } from '../autodiff/backward.ts';
import { type Composite, plain } from '../autodiff/composite.ts';
import { normals, seededRandom } from '../base/random.ts';
import { sizeOf } from '../base/shape.ts';
import { type Tensor, float32, floatsOf } from '../base/tensor.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Graph } from '../graph/ir.ts';
import { int } from '../graph/ir.ts';
import { newBuilder } from '../ops/registry.ts';
import { cutAt } from '../passes/cutAt.ts';
import { type Feeds, type Program, outputOf } from '../runtime/program.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { firstRow, holdPieces, positive } from './holdPieces.ts';
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
  /** Alternative backward rules, when it is those that are checked. */
  readonly composite?: Composite;
}

/** How the gradient of the top logit by one value compares with finite differences in random directions. */
export interface ValueCheck {
  readonly value: string;
  readonly shape: readonly number[];
  /** Median of |difference − product|, relative to the RMS of the differences; pieces held. */
  readonly held: number;
  /** The same of the network as it is: kinks that are crossed are part of the difference. */
  readonly crossing: number;
  /** Share of the rectifiers behind the value that changed sign while kinks were crossed. */
  readonly flipped: number;
}

/** Relative error with pieces held above which a gradient is wrong: right ones are below 2e-4 in networks of 50 layers. */
export const wrongAbove = 1e-3;

/** Two directions at the four points of the stencil, and the point itself. */
const directionsPerRun = 2;
const rows = 1 + stencil.length * directionsPerRun;
const runs = 4;

/** Steps relative to the root mean square of the activation: wide where all is smooth, narrow where kinks are near. */
const heldStep = 3e-2;
const crossingStep = 3e-3;

/**
 * Compares the compiled gradient of the top class's logit by each value with central differences of
 * the network behind that value.
 *
 * A rectified network is only piecewise smooth: a step small enough to stay on one piece drowns in
 * float32 rounding. So it is compared twice: with every unit held on its piece, where a rule that is
 * wrong by 0.1 % shows, and as it is, where agreement is limited by the kinks that are crossed.
 */
export async function* checkNetworkGradient(question: NetworkQuestion): AsyncGenerator<ValueCheck> {
  const { runtime, networkAt, seed, image } = question;
  const { target, points } = await compiledGradients(question);
  const network = networkAt(rows);
  const b = newBuilder(network.graph);
  const score = classLogit(b, network, target);
  const graph = b.build([score], network.graph);
  const random = seededRandom(seed);
  const images = repeated(image);
  for (const point of points) {
    const { value, activation } = point;
    const behind = cutAt(graph, value, [score]);
    // Where the value is one branch of several, the others still come from the image.
    const feeds = { [network.image]: images };
    const anywhere = (): Float32Array => normals(random, sizeOf(activation.dims));
    // What a rectifier left at exactly zero is at a kink of a max-pooling behind it, so it stays.
    const awayFromZero = (): Float32Array => {
      const direction = anywhere();
      floatsOf(activation).forEach((element, index) => {
        if (element === 0) direction[index] = 0;
      });
      return direction;
    };
    const smooth = await runtime.compile(holdPieces(behind));
    const held = await compareAlong({ program: smooth, feeds, point, draw: anywhere }, heldStep);
    const kinked = await runtime.compile(withFlips(behind, value));
    const crossing = await compareAlong({ program: kinked, feeds, point, draw: awayFromZero }, crossingStep);
    yield {
      value,
      shape: activation.dims,
      held: medianError(held),
      crossing: medianError(crossing),
      flipped: Math.max(...crossing.flipped),
    };
  }
}

interface Measured {
  readonly differences: number[];
  readonly products: number[];
  readonly flipped: number[];
}

interface Comparison {
  readonly program: Program;
  readonly feeds: Feeds;
  readonly point: Point;
  /** Draws a direction. */
  readonly draw: () => Float32Array;
}

async function compareAlong({ program, feeds, point, draw }: Comparison, step: number): Promise<Measured> {
  const { value, activation, gradient } = point;
  const measured: Measured = { differences: [], products: [], flipped: [] };
  const h = step * rootMeanSquare(floatsOf(activation));
  for (let run = 0; run < runs; run++) {
    const directions = Array.from({ length: directionsPerRun }, draw);
    const result = await program.run({ ...feeds, [value]: stacked(activation, directions, h) });
    const [scores, flips] = program.outputs.map((name) => floatsOf(outputOf(result, name)));
    measured.differences.push(...differencesOf(scores ?? new Float32Array(), h));
    measured.products.push(...directions.map((u) => innerProduct(floatsOf(gradient), u)));
    measured.flipped.push(flips?.[0] ?? 0);
  }
  return measured;
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
  composite = plain,
}: NetworkQuestion): Promise<{ target: number; points: Point[] }> {
  const network = networkAt(1);
  const b = newBuilder(network.graph);
  const gradients = backward(b, { of: classLogit(b, network, 'top'), wrt: values, composite });
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

const repeated = (image: Tensor): Tensor => {
  const row = floatsOf(image);
  const data = new Float32Array(rows * row.length);
  for (let at = 0; at < data.length; at += row.length) data.set(row, at);
  return float32(data, [rows, ...image.dims.slice(1)]);
};

function differencesOf(scores: Float32Array, step: number): number[] {
  return Array.from({ length: directionsPerRun }, (_, k) =>
    stencil.reduce(
      (sum, { weight }, j) => sum + (weight * (scores[1 + k * stencil.length + j] ?? Number.NaN)) / step,
      0,
    ),
  );
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
  const active = positive(b, name);
  return b.add('ReduceSum', [b.add('Abs', [b.add('Sub', [active, firstRow(b, active)])])], {
    keepdims: int(0),
  });
}
