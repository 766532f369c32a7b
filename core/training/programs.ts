import { float32, tensor, type Tensor } from '../base/tensor.ts';
import type { Graph } from '../graph/ir.ts';
import type { Feeds, RunResult } from '../runtime/program.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { type HealthGraph, emitHealth } from './health.ts';
import { emitInnerAttack } from './adversarial.ts';
import { BySize } from './bySize.ts';
import { emitEvaluation } from './evaluation.ts';
import { drawMasks } from './masks.ts';
import { names } from './names.ts';
import type { Problem } from './problem.ts';
import { type StepGraph, emitGradientStep, emitTrainingStep } from './step.ts';

/** Examples of one run, as the programs take them. */
export interface Batch {
  readonly images: Float32Array;
  readonly targets: Float32Array;
}

/** Flat vectors of a run. */
export interface Values {
  readonly theta: Float32Array;
  readonly buffers: Float32Array;
}

/** What random numbers of a step depend on. */
interface Moment {
  readonly seed: number;
  readonly step: number;
}

/** The compiled programs of a training; all take the same flat parameters, and each is compiled when it is first needed. */
export class TrainingPrograms {
  readonly #problem: Problem;
  readonly #step: BySize<StepGraph>;
  readonly #gradient: BySize<StepGraph>;
  readonly #health: BySize<HealthGraph>;
  readonly #evaluation: BySize<{ graph: Graph }>;
  readonly #attack: BySize<{ graph: Graph }>;

  constructor(runtime: Runtime, problem: Problem) {
    this.#problem = problem;
    this.#step = new BySize(runtime, (size) => emitTrainingStep(problem, size));
    this.#gradient = new BySize(runtime, (size) => emitGradientStep(problem, size));
    this.#health = new BySize(runtime, (size) => emitHealth(problem, size));
    this.#evaluation = new BySize(runtime, (size) => ({ graph: emitEvaluation(problem, size) }));
    this.#attack = new BySize(runtime, (size) => ({ graph: emitInnerAttack(problem, size) }));
  }

  /** Runs the training step; `extras` are the optimizer's state and scalars. */
  async step(batch: Batch, values: Values, moment: Moment, extras: Feeds): Promise<RunResult> {
    const { emitted, program } = await this.#step.at(this.#sizeOf(batch));
    return program.run({ ...this.#trainingFeeds(batch, values, emitted, moment), ...extras });
  }

  /** Loss and gradient of a batch. */
  async gradient(batch: Batch, values: Values, moment: Moment): Promise<RunResult> {
    const { emitted, program } = await this.#gradient.at(this.#sizeOf(batch));
    return program.run(this.#trainingFeeds(batch, values, emitted, moment));
  }

  async health(batch: Batch, values: Values, moment: Moment) {
    const { emitted, program } = await this.#health.at(this.#sizeOf(batch));
    const result = await program.run(this.#trainingFeeds(batch, values, emitted, moment));
    return { result, layers: emitted.layers };
  }

  async evaluation(batch: Batch, values: Values): Promise<RunResult> {
    const { program } = await this.#evaluation.at(this.#sizeOf(batch));
    return program.run(this.#feeds(batch, values));
  }

  /** One step of the inner attack from `batch.images`, kept within ε of `clean`. */
  async attack(
    batch: Batch,
    clean: Float32Array,
    values: Values,
    { epsilon, stepSize }: { epsilon: number; stepSize: number },
  ): Promise<RunResult> {
    const { program } = await this.#attack.at(this.#sizeOf(batch));
    const feeds = this.#feeds(batch, values);
    return program.run({
      ...feeds,
      [names.clean]: tensor('float32', clean, feeds[names.images]?.dims ?? []),
      [names.epsilon]: float32([epsilon], []),
      [names.stepSize]: float32([stepSize], []),
    });
  }

  #sizeOf({ targets }: Batch): number {
    return targets.length / this.#problem.outputs;
  }

  #feeds({ images, targets }: Batch, { theta, buffers }: Values): Record<string, Tensor> {
    const { trainable, outputs } = this.#problem;
    const size = targets.length / outputs;
    return {
      [names.images]: tensor('float32', images, [size, ...trainable.exampleShape]),
      [names.targets]: tensor('float32', targets, [size, outputs]),
      [names.theta]: tensor('float32', theta, [theta.length]),
      [names.buffers]: tensor('float32', buffers, [buffers.length]),
    };
  }

  /** With the dropout masks of a moment. */
  #trainingFeeds(
    batch: Batch,
    values: Values,
    { masks }: Pick<StepGraph, 'masks'>,
    { seed, step }: Moment,
  ): Record<string, Tensor> {
    return { ...this.#feeds(batch, values), ...drawMasks(masks, seed, step) };
  }
}
