import { LoupeError } from '../base/errors.ts';
import { sizeOf } from '../base/shape.ts';
import { float32, floatsOf, tensor } from '../base/tensor.ts';
import { epochOrder } from '../data/batches.ts';
import { randomOf } from '../data/seeds.ts';
import { breathe } from '../method/context.ts';
import type { TrainingEvent } from '../protocol/training.ts';
import { type Feeds, type RunResult, outputOf } from '../runtime/program.ts';
import { attackBatch } from './attackBatch.ts';
import { endOfEpoch } from './endOfEpoch.ts';
import { layerHealthOf, parameterHealthOf } from './health.ts';
import { names } from './names.ts';
import { type Batch, TrainingPrograms } from './programs.ts';
import { Progress } from './progress.ts';
import { purposes } from './purposes.ts';
import { countCorrect } from './scores.ts';
import type { TrainingSetup } from './setup.ts';
import { type TrainingState, initialState } from './state.ts';

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
 * @throws LoupeError nonFinite where loss or gradient stop being numbers; the state of the event before is good.
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
    const { problem, epochs } = this.#setup;
    const { entries } = problem.trainable.parameters;
    yield this.#told({
      kind: 'started',
      parameters: entries.reduce((sum, { size }) => sum + size, 0),
      epochs,
      stepsPerEpoch: this.#stepsPerEpoch,
      resumedAt: this.#state.step,
    });
    while (this.#state.epochs.length < epochs) {
      if (yield* this.#epoch()) return yield* this.#ended('stoppedEarly');
    }
    return yield* this.#ended('finished');
  }

  /** The rest of the epoch that is under way; whether the training should end. */
  async *#epoch(): AsyncGenerator<Told, boolean> {
    const { training, batchSize, seed } = this.#setup;
    const epoch = this.#state.epochs.length;
    const order = epochOrder(training.length, seed, epoch);
    this.#progress.begin();
    for (let at = this.#state.step - epoch * this.#stepsPerEpoch; at < this.#stepsPerEpoch; at++) {
      await breathe({ check: () => this.#check() });
      yield* this.#step(order.slice(at * batchSize, (at + 1) * batchSize), epoch);
    }
    const end = await endOfEpoch(this.#setup, this.#programs, this.#state, epoch, this.#progress.seconds());
    this.#state = end.state;
    for (const event of end.events) yield this.#told(event);
    return end.stop;
  }

  async *#step(indices: Int32Array, epoch: number): AsyncGenerator<Told, void> {
    const { healthEvery, seed } = this.#setup;
    const before = this.#state;
    const batch = await this.#attacked(this.#batch(indices, epoch), before);
    const moment = { seed, step: before.step };
    const rate = this.#rate();
    const result = await this.#programs.step(batch, before, moment, this.#extras(before, rate));
    const loss = floatsOf(outputOf(result, names.loss))[0] ?? Number.NaN;
    const gradientNorm = floatsOf(outputOf(result, names.gradientNorm))[0] ?? Number.NaN;
    this.#refuseNonFinite(result, loss, gradientNorm, rate);
    const { outputs } = this.#setup.problem;
    const logits = floatsOf(outputOf(result, names.logits));
    const correct = countCorrect(logits, batch.targets, outputs);
    this.#state = stateAfter(before, result, { loss, correct, examples: indices.length });
    this.#progress.step(indices.length);
    yield this.#told({
      kind: 'step',
      step: this.#state.step,
      epoch: this.#state.step / this.#stepsPerEpoch,
      loss,
      ...(this.#setup.training.labels === undefined ? {} : { accuracy: correct / indices.length }),
      learningRate: rate,
      gradientNorm,
      ...this.#progress.speed(this.#steps - this.#state.step),
    });
    if (healthEvery > 0 && before.step % healthEvery === 0) yield await this.#health(batch, before);
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

  #extras({ memory, average, step }: TrainingState, rate: number): Feeds {
    const { definition, params } = this.#setup.problem.optimizer;
    const scalars = Object.entries(definition.scalars?.(step + 1, params) ?? {});
    return {
      [names.learningRate]: float32([rate], []),
      ...(average === undefined ? {} : { [names.average]: tensor('float32', average, [average.length]) }),
      ...Object.fromEntries(
        Object.entries(memory).map(([name, value]) => [
          names.state(name),
          tensor('float32', value, [value.length]),
        ]),
      ),
      ...Object.fromEntries(scalars.map(([name, value]) => [names.scalar(name), float32([value], [])])),
    };
  }

  #refuseNonFinite(result: RunResult, loss: number, gradientNorm: number, rate: number): void {
    const parameters = result.nonFinite.get(names.next(names.theta)) ?? 0;
    if (Number.isFinite(loss) && Number.isFinite(gradientNorm) && parameters === 0) return;
    const what = Number.isFinite(loss) ? 'gradient' : 'loss';
    throw new LoupeError(
      'nonFinite',
      `The ${what} is no longer a number at step ${this.#state.step + 1} (learning rate ${rate.toPrecision(3)}). The step was not taken; lower the learning rate, clip the gradient, or look at the data.`,
    );
  }

  async #health(batch: Batch, before: TrainingState): Promise<Told> {
    const moment = { seed: this.#setup.seed, step: before.step };
    const { result, layers } = await this.#programs.health(batch, before, moment);
    return this.#told({
      kind: 'health',
      step: this.#state.step,
      layers: layerHealthOf(result, layers),
      parameters: parameterHealthOf(this.#setup.problem.trainable.parameters, {
        gradient: floatsOf(outputOf(result, names.gradient)),
        before: before.theta,
        after: this.#state.theta,
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
    if (this.#setup.signal?.aborted === true) throw new LoupeError('cancelled', 'Cancelled.');
  }
}

/** What a step's program computed, as the next state. */
function stateAfter(
  before: TrainingState,
  result: RunResult,
  { loss, correct, examples }: { loss: number; correct: number; examples: number },
): TrainingState {
  const flat = (name: string): Float32Array => floatsOf(outputOf(result, names.next(name)));
  const { sums } = before;
  return {
    ...before,
    step: before.step + 1,
    theta: flat(names.theta),
    buffers: flat(names.buffers),
    memory: Object.fromEntries(Object.keys(before.memory).map((name) => [name, flat(names.state(name))])),
    average: before.average === undefined ? undefined : flat(names.average),
    sums: {
      loss: sums.loss + loss * examples,
      correct: sums.correct + correct,
      examples: sums.examples + examples,
    },
  };
}
