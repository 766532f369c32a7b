import { sizeOf } from '../../base/shape.ts';
import { floatsOf } from '../../base/tensor.ts';
import type { LayerHealth, ParameterHealth } from '../../protocol/training.ts';
import { outputOf } from '../../runtime/program.ts';
import type { Examples } from '../../training/examples.ts';
import { layerHealthOf, parameterHealthOf } from '../../training/health.ts';
import { names } from '../../training/names.ts';
import { TrainingPrograms } from '../../training/programs.ts';
import { initialState } from '../../training/state.ts';
import type { LessonRun } from '../define.ts';
import { type ProblemQuestion, problemOf } from './problem.ts';

export interface Health {
  /** Of the activation layers, first to last. */
  readonly layers: readonly LayerHealth[];
  /** Of the parameters, in the network's order. */
  readonly parameters: readonly ParameterHealth[];
}

/** Activations and gradients of an untrained network on all of `examples`, as a training's log has them. */
export async function initialHealth(
  { runtime, seed }: LessonRun,
  question: ProblemQuestion,
  examples: Examples,
): Promise<Health> {
  const problem = problemOf(question);
  const state = initialState(problem);
  const indices = Int32Array.from({ length: examples.length }, (_, index) => index);
  const batch = {
    images: new Float32Array(indices.length * sizeOf(problem.trainable.exampleShape)),
    targets: new Float32Array(indices.length * problem.outputs),
  };
  examples.write({ indices, epoch: undefined, ...batch });
  const programs = new TrainingPrograms(runtime, problem);
  const { result, layers } = await programs.health(batch, state, { seed, step: 0 });
  const gradient = floatsOf(outputOf(result, names.gradient));
  const { theta } = state;
  return {
    layers: layerHealthOf(result, layers),
    parameters: parameterHealthOf(problem.trainable.parameters, { gradient, before: theta, after: theta }),
  };
}
