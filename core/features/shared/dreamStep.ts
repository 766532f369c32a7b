import { backward } from '../../autodiff/backward.ts';
import { float32 } from '../../base/tensor.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import { type Graph, int } from '../../graph/ir.ts';
import { valueScore } from '../../model/layerScore.ts';
import type { Trunk } from '../../model/trunk.ts';
import { newBuilder } from '../../ops/registry.ts';
import type { LayerTarget } from '../../protocol/target.ts';

/** Names of the step's inputs and outputs, beside the trunk's image. */
export const dreamNames = {
  /** Scalar: how far the mean pixel moves, in units of [0, 1]. */
  step: 'dream.step',
  /** [C, n] features of the guide, where there is one. */
  guide: 'dream.guide',
  next: 'dream.next',
  objective: 'dream.objective',
} as const;

/** What is maximised at the trunk's value: a layer target, or likeness with the features of n places of a guide. */
export type DreamObjective = LayerTarget | { readonly kind: 'guide'; readonly places: number };

/**
 * One step of gradient ascent as a graph: x ← clip(x + step · g / mean|g|, 0, 1), with the objective before it
 * (Mordvintsev et al. 2015, `make_step`). Where no element of the gradient is different from 0, x stays.
 */
export function emitDreamStep(trunk: Trunk, value: string, objective: DreamObjective): Graph {
  const b = newBuilder(trunk.graph);
  const step = b.input(dreamNames.step, { type: 'float32', shape: [] });
  const { score, gradient } =
    objective.kind === 'guide'
      ? guided(b, trunk.image, value, objective.places)
      : ofTarget(b, trunk.image, value, objective);
  const mean = b.add('ReduceMean', [b.add('Abs', [gradient])], { keepdims: int(0) });
  const direction = b.add('Div', [gradient, b.add('Max', [mean, b.scalar(1e-30)])]);
  const moved = b.add('Add', [trunk.image, b.add('Mul', [direction, step])]);
  const next = b.add('Clip', [moved, b.scalar(0), b.scalar(1)], {}, { name: dreamNames.next });
  return b.build([next, b.add('Identity', [score], {}, { name: dreamNames.objective })], trunk.graph);
}

/** Features of an image at the trunk's value, one column a place: [C, h·w]. */
export function emitGuideFeatures(trunk: Trunk, value: string): Graph {
  const b = newBuilder(trunk.graph);
  const columns = columnsOf(b, value);
  return b.build([b.add('Identity', [columns], {}, { name: dreamNames.guide })], trunk.graph);
}

function ofTarget(b: GraphBuilder, image: string, value: string, target: LayerTarget) {
  const score = valueScore(b, value, target);
  const [gradient = ''] = backward(b, { of: score, wrt: [image] });
  return { score, gradient };
}

/**
 * `objective_guide`: each place takes the guide's feature vector with which its dot product is greatest, and goes towards it. The
 * matches are made by the forward pass and then held, so the cotangent of the layer is the matched vectors themselves. The
 * score is the mean dot product over the places.
 */
function guided(b: GraphBuilder, image: string, value: string, places: number) {
  const [, channels = 1, height = 1, width = 1] = b.shapeOf(value);
  const guide = b.input(dreamNames.guide, { type: 'float32', shape: [channels, places] });
  const features = columnsOf(b, value);
  const products = b.add('Gemm', [features, guide], { transA: int(1) });
  const best = b.add('ArgMax', [products], { axis: int(1), keepdims: int(0) });
  const matched = b.add('Gather', [guide, best], { axis: int(1) });
  const cotangent = b.add('Reshape', [matched, b.axes([1, channels, height, width])]);
  const [gradient = ''] = backward(b, { of: value, wrt: [image], cotangent });
  const sum = b.add('ReduceSum', [b.add('Mul', [features, matched])], { keepdims: int(0) });
  const score = b.add('Mul', [sum, b.constant(float32([1 / (height * width)], [1]))]);
  return { score, gradient };
}

function columnsOf(b: GraphBuilder, value: string): string {
  const [, channels = 1, height = 1, width = 1] = b.shapeOf(value);
  return b.add('Reshape', [value, b.axes([channels, height * width])]);
}
