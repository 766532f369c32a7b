import { formatShape, shapesEqual } from '../../core/base/shape.ts';
import { type Tensor, float32, numbersOf } from '../../core/base/tensor.ts';
import { checkGradient } from '../../core/model/gradcheck.ts';
import { gradientGraph } from '../../core/model/gradientGraph.ts';
import type { OperatorDefinition, Sample } from '../../core/ops/define.ts';
import { normals, seededRandom } from '../../core/base/random.ts';
import type { Graph } from '../../core/graph/ir.ts';
import { type Feeds, outputOf } from '../../core/runtime/program.ts';
import type { Runtime } from '../../core/runtime/runtime.ts';
import { type PlacedSample, hashOf, sampleGraph } from './samples.ts';

/** The tolerance of a comparison with finite differences, relative, unless a sample says otherwise. */
export const usualTolerance = 3e-4;

/** No sample may be judged more loosely: a rule that is wrong by 0.1 % must be found. */
export const loosestTolerance = 5e-4;

/** What is wrong with the gradient of each input of a sample; nothing if all agree. */
export async function gradientFaults(
  runtime: Runtime,
  definition: OperatorDefinition,
  sample: Sample,
  order: 1 | 2,
): Promise<string[]> {
  const { graph, placed } = sampleGraph(definition, sample);
  if (placed.inputs.length === 0 || placed.floats.length === 0) return [];
  const tolerance = Math.min(sample.tolerance ?? usualTolerance, loosestTolerance);
  const question = order === 1 ? firstOrder(graph, placed) : secondOrder(graph, placed);
  const found = await checkGradient(runtime, { ...question, seed: hashOf(sample.title), tolerance });
  return found
    .filter(({ error }) => !(error <= tolerance))
    .map(
      ({ wrt, error, differences, products }) =>
        `${wrt}: relative error ${error.toExponential(1)}; finite differences ${listed(differences)}; rule ${listed(products)}`,
    );
}

const firstOrder = (graph: Graph, { floats, inputs, feeds }: PlacedSample) => ({
  graph,
  outputs: floats,
  wrt: inputs,
  feeds,
});

/** The gradient as a function of the inputs and of the cotangents. */
function secondOrder(
  graph: Graph,
  { floats, inputs, feeds }: PlacedSample,
): { graph: Graph; outputs: string[]; wrt: string[]; feeds: Feeds } {
  const first = gradientGraph(graph, floats, inputs);
  const random = seededRandom(2);
  const drawn = [...first.cotangents].map(([output, input]) => {
    const dims = graph.types.get(output)?.shape ?? [];
    const size = dims.reduce((product, dim) => product * dim, 1);
    return [input, float32(normals(random, size), dims)] as const;
  });
  return {
    graph: first.graph,
    outputs: [...first.gradients.values()],
    wrt: [...inputs, ...first.cotangents.values()],
    feeds: { ...feeds, ...Object.fromEntries(drawn) },
  };
}

const listed = (values: readonly number[]): string =>
  values
    .slice(0, 3)
    .map((value) => value.toPrecision(5))
    .join(', ');

/** Where ONNX Runtime disagrees with the shape rule or with the evaluation in JavaScript. */
export async function forwardFaults(
  runtime: Runtime,
  definition: OperatorDefinition,
  sample: Sample,
): Promise<string[]> {
  const { graph, placed } = sampleGraph(definition, sample);
  const result = await (await runtime.compile(graph)).run(placed.feeds);
  const evaluated = evaluate(definition, graph, placed.feeds);
  return placed.outputs.flatMap((name, index) => {
    const actual = outputOf(result, name);
    const wanted = graph.types.get(name);
    const faults: string[] = [];
    if (wanted === undefined || wanted.type !== actual.type || !shapesEqual(wanted.shape, actual.dims)) {
      faults.push(
        `output ${index} is ${actual.type} ${formatShape(actual.dims)}, the shape rule says ${wanted?.type} ${formatShape(wanted?.shape ?? [])}`,
      );
    }
    const own = evaluated?.[index];
    if (own !== undefined) faults.push(...evaluationFaults(own, actual, index));
    return faults;
  });
}

function evaluate(definition: OperatorDefinition, graph: Graph, feeds: Feeds): readonly Tensor[] | undefined {
  const [node] = graph.nodes;
  if (node === undefined) return undefined;
  const types = node.outputs.flatMap((name) => graph.types.get(name) ?? []);
  return definition.evaluate?.(
    node.inputs.map((name) => graph.constants.get(name) ?? feeds[name]),
    node,
    types,
  );
}

function evaluationFaults(own: Tensor, actual: Tensor, index: number): string[] {
  const [left, right] = [numbersOf(own), numbersOf(actual)];
  if (own.type !== actual.type || !shapesEqual(own.dims, actual.dims)) {
    return [`output ${index} is evaluated to ${own.type} ${formatShape(own.dims)}`];
  }
  const exact = own.type !== 'float32';
  const at = left.findIndex((value, position) => {
    const other = right[position] ?? Number.NaN;
    return exact ? value !== other : !(Math.abs(value - other) <= 1e-6 * Math.max(1, Math.abs(other)));
  });
  return at < 0 ? [] : [`element ${at} of output ${index} is evaluated to ${left[at]}, but is ${right[at]}`];
}
