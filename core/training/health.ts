import { floatsOf } from '../base/tensor.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Graph } from '../graph/ir.ts';
import { int } from '../graph/ir.ts';
import { activations } from '../model/layers.ts';
import { arithmetic } from '../ops/shared/arithmetic.ts';
import type { LayerHealth, ParameterHealth } from '../protocol/training.ts';
import { type RunResult, outputOf } from '../runtime/program.ts';
import type { Mask } from './forward.ts';
import type { Layout } from './layout.ts';
import { emitLoss, emitObjective } from './lossGraph.ts';
import { names } from './names.ts';
import type { Problem } from './problem.ts';
import { trainingBuilder } from './builder.ts';
import { namedOutputs } from '../passes/namedOutputs.ts';

export interface HealthGraph {
  readonly graph: Graph;
  readonly masks: readonly Mask[];
  /** Names of the layers, in the order of the outputs. */
  readonly layers: readonly string[];
}

/**
 * What becomes of activations and gradients in one batch: the variance of each activation layer and the share of its channels (or units) that
 * answer the same everywhere in the batch, and the gradient of every parameter.
 */
export function emitHealth(problem: Problem, batch: number): HealthGraph {
  const b = trainingBuilder();
  const graph = emitLoss(b, problem, batch, 'training');
  const { gradient } = emitObjective(b, problem, graph);
  const layers = graph.forward.graph.nodes.filter(({ opType }) => activations.has(opType));
  const outputs = layers.map(({ outputs: [value = ''] }) => value);
  const stack = (values: string[]): string =>
    values.length === 0 ? b.scalar(0) : b.add('Concat', values, { axis: int(0) });
  const results = {
    [names.gradient]: gradient,
    [names.variances]: stack(outputs.map((value) => emitVariance(b, value))),
    [names.deadShares]: stack(outputs.map((value) => emitDeadShare(b, value))),
  };
  return {
    graph: namedOutputs(b, results),
    masks: graph.forward.masks,
    layers: layers.map(({ name }) => name),
  };
}

const flatten = (b: GraphBuilder, value: string): string => b.add('Reshape', [value, b.axes([1])]);

function emitVariance(b: GraphBuilder, value: string): string {
  const { mul, sub } = arithmetic(b);
  const centred = sub(value, b.add('ReduceMean', [value], { keepdims: int(0) }));
  return flatten(b, b.add('ReduceMean', [mul(centred, centred)], { keepdims: int(0) }));
}

/** A channel is dead where its greatest and least answer are the same. */
function emitDeadShare(b: GraphBuilder, value: string): string {
  const axes = b.shapeOf(value).flatMap((_, axis) => (axis === 1 ? [] : [axis]));
  const over = (opType: string): string => b.add(opType, [value, b.axes(axes)], { keepdims: int(0) });
  const same = b.add('Cast', [b.add('Equal', [over('ReduceMax'), over('ReduceMin')])], { to: int(1) });
  return flatten(b, b.add('ReduceMean', [same], { keepdims: int(0) }));
}

/** Reads the layers' health from a run of the program. */
export function layerHealthOf(result: RunResult, layers: readonly string[]): LayerHealth[] {
  const [spread, still] = [names.variances, names.deadShares].map((name) => floatsOf(outputOf(result, name)));
  return layers.map((layer, index) => ({
    layer,
    variance: spread?.[index] ?? Number.NaN,
    deadShare: still?.[index] ?? Number.NaN,
  }));
}

/** Norms of a flat gradient by parameter, and how far a step moved each. */
export function parameterHealthOf(
  layout: Layout,
  values: { gradient: Float32Array; before: Float32Array; after: Float32Array },
): ParameterHealth[] {
  return layout.entries.map(({ name, offset, size }) => {
    let [gradient, parameter, update] = [0, 0, 0];
    for (let at = offset; at < offset + size; at++) {
      const before = values.before[at] ?? 0;
      gradient += (values.gradient[at] ?? 0) ** 2;
      parameter += before ** 2;
      update += ((values.after[at] ?? 0) - before) ** 2;
    }
    return {
      parameter: name,
      gradientNorm: Math.sqrt(gradient),
      updateRatio: parameter === 0 ? 0 : Math.sqrt(update / parameter),
    };
  });
}
