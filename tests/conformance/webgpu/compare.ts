import { backward } from '../../../core/autodiff/backward.ts';
import { normals, seededRandom } from '../../../core/base/random.ts';
import { sizeOf } from '../../../core/base/shape.ts';
import { type Tensor, float32, numbersOf } from '../../../core/base/tensor.ts';
import type { GraphBuilder } from '../../../core/graph/builder.ts';
import type { Graph } from '../../../core/graph/ir.ts';
import { newBuilder } from '../../../core/ops/registry.ts';
import type { Target } from '../../../core/passes/lower/define.ts';
import { lowerGraph } from '../../../core/passes/lower/lower.ts';
import { prune } from '../../../core/passes/prune.ts';
import { type Feeds, OrtProgram, outputOf } from '../../../core/runtime/program.ts';
import { createSession } from '../../../core/runtime/session.ts';
import { placeSample } from '../samples.ts';
import type { Case } from './cases.ts';

/** Relative errors of one case between the devices, by what was computed. */
export type Errors = Readonly<Record<string, number>>;

interface Placed {
  readonly key: string;
  /** What is compared: a title for each value. */
  readonly values: ReadonlyMap<string, string>;
}

/**
 * Computes all cases in one session on each device, so that few (slow) sessions are made.
 * @param lowering whose formulations WebGPU is given; those of the CPU show what the lowering is for.
 */
export async function compareDevices(
  cases: readonly Case[],
  lowering: Target = 'webgpu',
): Promise<Record<string, Errors>> {
  const b = newBuilder();
  const feeds: Record<string, Tensor> = {};
  const placed = cases.map((one, index) => placeCase(b, one, `case${index}/`, feeds));
  const wanted = new Set(placed.flatMap(({ values }) => [...values.keys()]));
  const outputs = [...wanted].map((name) => [name, b.add('Identity', [name])] as const);
  const graph = b.build(outputs.map(([, output]) => output));
  const cpu = await runOn('cpu', lowerGraph(graph, 'cpu'), feeds);
  const webgpu = await runOn('webgpu', lowerGraph(graph, lowering), feeds);
  const errors = new Map(
    outputs.map(([name, output]) => [name, relativeError(outputOf(webgpu, output), outputOf(cpu, output))]),
  );
  return Object.fromEntries(
    placed.map(({ key, values }) => [
      key,
      Object.fromEntries([...values].map(([name, title]) => [title, errors.get(name) ?? Number.NaN])),
    ]),
  );
}

/** The node of a case and its vjp for a random cotangent of each float output. */
function placeCase(b: GraphBuilder, one: Case, prefix: string, feeds: Record<string, Tensor>): Placed {
  const sample = placeSample(b, one.definition, one.sample, prefix);
  Object.assign(feeds, sample.feeds);
  const values = new Map(sample.outputs.map((name, index) => [name, `output ${index}`]));
  if (one.definition.vjp === 'nondifferentiable') return { key: one.key, values };
  sample.floats.forEach((of, index) => {
    const shape = b.shapeOf(of);
    const cotangent = b.input(`${prefix}cotangent${index}`, { type: 'float32', shape });
    feeds[cotangent] = float32(normals(seededRandom(index + 1), sizeOf(shape)), shape);
    backward(b, { of, cotangent, wrt: sample.inputs }).forEach((gradient, position) => {
      values.set(gradient, `gradient of output ${index} by input ${position}`);
    });
  });
  return { key: one.key, values };
}

/** One run without any fallback: a refusal by the device is an error here. */
async function runOn(target: Target, graph: Graph, feeds: Feeds): ReturnType<OrtProgram['run']> {
  const pruned = prune(graph);
  const session = await createSession(pruned, { target, threads: 1 });
  const program = new OrtProgram(session, pruned, target, 0);
  try {
    return await program.run(feeds);
  } finally {
    await program.release();
  }
}

/** ‖a − b‖₂ / ‖b‖₂; the absolute norm where b is zero; values that are not finite must be the same. */
function relativeError(a: Tensor, b: Tensor): number {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  if (left.length !== right.length) return Number.POSITIVE_INFINITY;
  let [difference, norm] = [0, 0];
  for (const [index, value] of right.entries()) {
    const other = left[index];
    if (Object.is(other, value)) {
      if (Number.isFinite(value)) norm += value ** 2;
      continue;
    }
    difference += ((other ?? Number.NaN) - value) ** 2;
    norm += value ** 2;
  }
  if (Number.isNaN(difference)) return Number.POSITIVE_INFINITY;
  return norm === 0 ? Math.sqrt(difference) : Math.sqrt(difference / norm);
}
