import { float32, tensor, type Tensor } from '../base/tensor.ts';
import { type Feeds, type Program, type RunResult } from '../runtime/program.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { type HealthGraph, emitHealth } from './health.ts';
import { emitInnerAttack } from './adversarial.ts';
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

/** The compiled programs of a training; all take the same flat parameters, and each is compiled when it is first needed. */
export class TrainingPrograms {
  readonly #runtime: Runtime;
  readonly #problem: Problem;
  readonly #compiled = new Map<string, Promise<Program>>();
  readonly #graphs = new Map<string, StepGraph | HealthGraph>();

  constructor(runtime: Runtime, problem: Problem) {
    this.#runtime = runtime;
    this.#problem = problem;
  }

  /** Runs the training step; `extras` are the optimizer's state and scalars. */
  async step(
    batch: Batch,
    values: Values,
    moment: { seed: number; step: number },
    extras: Feeds,
  ): Promise<RunResult> {
    const size = this.#sizeOf(batch);
    const { program, graph } = await this.#of(`step/${size}`, () => emitTrainingStep(this.#problem, size));
    return program.run({
      ...this.#feeds(batch, values),
      ...drawMasks(graph.masks, moment.seed, moment.step),
      ...extras,
    });
  }

  /** Loss and gradient of a batch. */
  async gradient(batch: Batch, values: Values, moment: { seed: number; step: number }): Promise<RunResult> {
    const size = this.#sizeOf(batch);
    const { program, graph } = await this.#of(`gradient/${size}`, () =>
      emitGradientStep(this.#problem, size),
    );
    return program.run({
      ...this.#feeds(batch, values),
      ...drawMasks(graph.masks, moment.seed, moment.step),
    });
  }

  async health(batch: Batch, values: Values, moment: { seed: number; step: number }) {
    const size = this.#sizeOf(batch);
    const { program, graph } = await this.#of(`health/${size}`, () => emitHealth(this.#problem, size));
    const feeds = { ...this.#feeds(batch, values), ...drawMasks(graph.masks, moment.seed, moment.step) };
    return { result: await program.run(feeds), layers: 'layers' in graph ? graph.layers : [] };
  }

  async evaluation(batch: Batch, values: Values): Promise<RunResult> {
    const size = this.#sizeOf(batch);
    const key = `evaluation/${size}`;
    const program = await this.#program(key, () => emitEvaluation(this.#problem, size));
    return program.run(this.#feeds(batch, values));
  }

  /** One step of the inner attack from `batch.images`, kept within ε of `clean`. */
  async attack(
    batch: Batch,
    clean: Float32Array,
    values: Values,
    { epsilon, stepSize }: { epsilon: number; stepSize: number },
  ): Promise<RunResult> {
    const size = this.#sizeOf(batch);
    const program = await this.#program(`attack/${size}`, () => emitInnerAttack(this.#problem, size));
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

  async #of<G extends StepGraph | HealthGraph>(
    key: string,
    emit: () => G,
  ): Promise<{ program: Program; graph: G }> {
    const known = this.#graphs.get(key) as G | undefined;
    const graph = known ?? emit();
    this.#graphs.set(key, graph);
    return { program: await this.#program(key, () => graph.graph), graph };
  }

  async #program(key: string, emit: () => StepGraph['graph']): Promise<Program> {
    const known = this.#compiled.get(key) ?? this.#runtime.compile(emit());
    this.#compiled.set(key, known);
    return known;
  }
}
