import { throwIfCancelled } from '../base/cancel.ts';
import { LoupeError } from '../base/errors.ts';
import { sizeOf } from '../base/shape.ts';
import { floatsOf } from '../base/tensor.ts';
import { epochOrder } from '../data/batches.ts';
import { randomOf } from '../data/seeds.ts';
import { breathe } from '../method/context.ts';
import type { TrainingEvent } from '../protocol/training.ts';
import { outputOf } from '../runtime/program.ts';
import { attackBatch } from './attackBatch.ts';
import { endOfEpoch, hasWaited } from './endOfEpoch.ts';
import { layerHealthOf, parameterHealthOf } from './health.ts';
import { names } from './names.ts';
import { checkProblem } from './problem.ts';
import { type Batch, TrainingPrograms } from './programs.ts';
import { Progress } from './progress.ts';
import { purposes } from './purposes.ts';
import { countCorrect } from './scores.ts';
import type { TrainingSetup } from './setup.ts';
import { type TrainingState, initialState } from './state.ts';
import { takeStep } from './takeStep.ts';

/** An event, and the state of the training at that moment: what a checkpoint keeps. */
export interface Told {
  readonly event: TrainingEvent;
  readonly state: TrainingState;
}

/**
 * Trains. Whoever asks for the next event lets the training go on, so not asking pauses it; the signal cancels it between two steps. The
 * whole state comes with every event, and everything random is drawn from seed and step, so that a training that begins with
 * the state of one that was interrupted takes the same steps, bit for bit.
 *
 * @throws LoupeError nonFinite where loss, gradient or parameters stop being numbers (the state of the event before is good);
 * badArgument for a batch larger than the data; cancelled.
 */
export async function* train(setup: TrainingSetup): AsyncGenerator<Told, TrainingState> {
  return yield* new Trainer(setup).run();
}

class Trainer {
  readonly #setup: TrainingSetup;
  readonly #programs: TrainingPrograms;
  readonly #stepsPerEpoch: number;
  readonly #steps: number;
  readonly #progress = new Progress();
  #state: TrainingState;

  constructor(setup: TrainingSetup) {
    checkProblem(setup.problem);
    this.#setup = setup;
    this.#programs = new TrainingPrograms(setup.runtime, setup.problem);
    this.#stepsPerEpoch = Math.floor(setup.training.length / setup.batchSize);
    this.#steps = this.#stepsPerEpoch * setup.epochs;
    this.#state = setup.resume ?? initialState(setup.problem);
    if (this.#stepsPerEpoch > 0) return;
    throw new LoupeError(
      'badArgument',
      `A batch of ${setup.batchSize} is larger than the ${setup.training.length} examples to train with. Choose a smaller one.`,
    );
  }

  async *run(): AsyncGenerator<Told, TrainingState> {
    const { problem, epochs, patience } = this.#setup;
    const { entries } = problem.trainable.parameters;
    yield this.#told({
      kind: 'started',
      parameters: entries.reduce((sum, { size }) => sum + size, 0),
      epochs,
      stepsPerEpoch: this.#stepsPerEpoch,
      resumedAt: this.#state.step,
    });
    while (this.#state.epochs.length < epochs) {
      // Asked here, so that a training that goes on after its last epoch ends too.
      if (hasWaited(patience, this.#state)) return yield* this.#ended('stoppedEarly');
      yield* this.#epoch();
    }
    return yield* this.#ended('finished');
  }

  /** The rest of the epoch that is under way. */
  async *#epoch(): AsyncGenerator<Told, void> {
    const { training, batchSize, seed } = this.#setup;
    const epoch = this.#state.epochs.length;
    const order = epochOrder(training.length, seed, epoch);
    this.#progress.begin();
    for (let at = this.#state.step - epoch * this.#stepsPerEpoch; at < this.#stepsPerEpoch; at++) {
      await breathe({ check: () => this.#check() });
      yield* this.#step(order.slice(at * batchSize, (at + 1) * batchSize), epoch);
    }
    const end = await endOfEpoch(this.#setup, this.#programs, this.#state, epoch, this.#progress.seconds());
    for (const event of end.findings) yield this.#told(event);
    this.#state = end.state;
    yield this.#told(end.event);
  }

  async *#step(indices: Int32Array, epoch: number): AsyncGenerator<Told, void> {
    const { problem, healthEvery, seed } = this.#setup;
    const before = this.#state;
    const batch = await this.#attacked(this.#batch(indices, epoch), before);
    const { loss, gradientNorm, logits, learningRate, next } = await takeStep({
      programs: this.#programs,
      problem,
      batch,
      state: before,
      seed,
      learningRate: this.#rate(),
      check: () => this.#check(),
    });
    // Before the step's own event: whoever stops the training here takes the step again.
    if (healthEvery > 0 && before.step % healthEvery === 0) yield await this.#health(batch, next.theta);
    const correct = countCorrect(logits, batch.targets, problem.outputs);
    this.#state = {
      ...before,
      ...next,
      step: before.step + 1,
      sums: {
        loss: before.sums.loss + loss * indices.length,
        correct: before.sums.correct + correct,
        examples: before.sums.examples + indices.length,
      },
    };
    this.#progress.step(indices.length);
    yield this.#told({
      kind: 'step',
      step: this.#state.step,
      epoch: this.#state.step / this.#stepsPerEpoch,
      loss,
      ...(this.#setup.training.labels === undefined ? {} : { accuracy: correct / indices.length }),
      learningRate,
      gradientNorm,
      ...this.#progress.speed(this.#steps - this.#state.step),
    });
  }

  #batch(indices: Int32Array, epoch: number): Batch {
    const { problem, training } = this.#setup;
    const batch: Batch = {
      images: new Float32Array(indices.length * sizeOf(problem.trainable.exampleShape)),
      targets: new Float32Array(indices.length * problem.outputs),
    };
    training.write({ indices, epoch, ...batch });
    return batch;
  }

  async #attacked(batch: Batch, state: TrainingState): Promise<Batch> {
    const { adversarial, seed } = this.#setup;
    if (adversarial === undefined) return batch;
    const random = randomOf(seed, purposes.attackStart, state.step);
    return attackBatch(this.#programs, batch, state, adversarial, random);
  }

  #rate(): number {
    const { schedule, learningRate, warmupEpochs } = this.#setup;
    const { step, epochs } = this.#state;
    const validationLosses = epochs.map(({ validation, training }) => (validation ?? training).loss);
    const moment = { step, steps: this.#steps, stepsPerEpoch: this.#stepsPerEpoch, validationLosses };
    const warmup = warmupEpochs * this.#stepsPerEpoch;
    const rise = step < warmup ? (step + 1) / warmup : 1;
    return learningRate * rise * schedule.definition.factor(moment, schedule.params);
  }

  /** How the layers are in a batch whose step leads to `after`. */
  async #health(batch: Batch, after: Float32Array): Promise<Told> {
    const before = this.#state;
    const moment = { seed: this.#setup.seed, step: before.step };
    const { result, layers } = await this.#programs.health(batch, before, moment);
    return this.#told({
      kind: 'health',
      step: before.step + 1,
      layers: layerHealthOf(result, layers),
      parameters: parameterHealthOf(this.#setup.problem.trainable.parameters, {
        gradient: floatsOf(outputOf(result, names.gradient)),
        before: before.theta,
        after,
      }),
    });
  }

  *#ended(reason: 'finished' | 'stoppedEarly'): Generator<Told, TrainingState> {
    const { best, step } = this.#state;
    yield this.#told({
      kind: 'ended',
      step,
      reason,
      ...(best === undefined ? {} : { bestEpoch: best.epoch }),
    });
    return this.#state;
  }

  #told(event: TrainingEvent): Told {
    return { event, state: this.#state };
  }

  #check(): void {
    throwIfCancelled(this.#setup.signal);
  }
}
