import { type Tensor, floatsOf, int64, tensor } from '../../base/tensor.ts';
import { breathe } from '../../method/context.ts';
import type { Progress } from '../../protocol/results.ts';
import { outputOf } from '../../runtime/program.ts';
import type { AttackOutcome, AttackRun, AttackTrace, Budget } from '../define.ts';
import { shaved } from './ball.ts';
import { BestTries } from './bestTries.ts';
import { type Chunk, allRows, batchSizeFor, cutRows } from './chunks.ts';
import { logitsOfBatch, runFinite } from './classify.ts';
import type { AttackLoss } from './loss.ts';
import { randomInBall } from './randomStart.ts';
import { rowLength, rowOf, takeRows } from './rows.ts';
import { type StepProgram, scalarOf, stepGraph, stepProgram } from './stepProgram.ts';

/** An attack that climbs the loss inside a ball: BIM, PGD, MI-FGSM. */
export interface Ascent {
  readonly title: string;
  readonly budget: Budget;
  readonly loss: AttackLoss;
  readonly stepSize: number;
  readonly steps: number;
  /** μ; undefined without momentum. */
  readonly decay?: number;
  /** How often it begins. An example that is fooled is not tried again. */
  readonly restarts: number;
  /** Whether it begins at a random point of the ball, or at the image. */
  readonly startsAtRandom: (restart: number) => boolean;
}

/** Runs an ascent for all examples. Of every point on its way the one with the greatest lead is kept, over all restarts. */
export async function* ascend(run: AttackRun, ascent: Ascent): AsyncGenerator<Progress, AttackOutcome> {
  const { context, images, targeted } = run;
  const kind = {
    norm: ascent.budget.norm,
    loss: ascent.loss,
    targeted,
    momentum: ascent.decay !== undefined,
  };
  const rows = allRows(run.classes.length);
  const batch = batchSizeFor(context, rows.length, (size) => stepGraph(context.network(size), kind).graph);
  const total = ascent.restarts * Math.ceil(rows.length / batch) * ascent.steps;
  const climb = new Climb(run, ascent, await stepProgram(context, kind, batch));
  for (let restart = 0; restart < ascent.restarts; restart++) {
    const left = restart === 0 ? rows : climb.best.missing(rows);
    const chunks = cutRows(left, batch);
    for (const [at, chunk] of chunks.entries()) {
      for await (const step of climb.from(chunk, restart)) {
        const done = restart * (total / ascent.restarts) + at * ascent.steps + step;
        yield { done, total, what: progressText(ascent, restart) };
      }
    }
  }
  return { adversarial: shaved(climb.best.images, images, ascent.budget), traces: climb.traces };
}

function progressText({ title, restarts }: Ascent, restart: number): string {
  return restarts === 1 ? title : `${title}, start ${restart + 1} of ${restarts}`;
}

class Climb {
  readonly best: BestTries;
  /** Of the first start of each example. */
  readonly traces: readonly (AttackTrace & { readonly series: { loss: number[]; lead: number[] } })[];
  readonly #run: AttackRun;
  readonly #ascent: Ascent;
  readonly #step: StepProgram;

  constructor(run: AttackRun, ascent: Ascent, step: StepProgram) {
    this.#run = run;
    this.#ascent = ascent;
    this.#step = step;
    this.best = new BestTries(run);
    this.traces = run.classes.map(() => ({ rows: 'step', series: { loss: [], lead: [] } }));
  }

  /** Climbs with the examples of one chunk; yields the number of every step. */
  async *from(chunk: Chunk, restart: number): AsyncGenerator<number, void> {
    const { context, classes } = this.#run;
    const { inputs, momentum, outputs, program } = this.#step;
    const original = takeRows(this.#run.images, chunk.padded);
    let image = this.#startOf(chunk, original, restart);
    let velocity = tensor('float32', new Float32Array(floatsOf(original).length), original.dims);
    const fixed = {
      [inputs.original]: original,
      [inputs.classes]: int64(chunk.padded.map((row) => classes[row] ?? 0)),
      [inputs.epsilon]: scalarOf(this.#ascent.budget.epsilon),
      [inputs.stepSize]: scalarOf(this.#ascent.stepSize),
      ...(momentum === undefined ? {} : { [momentum.decay]: scalarOf(this.#ascent.decay ?? 0) }),
    };
    for (let step = 0; step < this.#ascent.steps; step++) {
      const state = momentum === undefined ? {} : { [momentum.velocity]: velocity };
      const result = await runFinite(program, { ...fixed, ...state, [inputs.image]: image });
      const leads = this.#look(chunk, image, outputOf(result, outputs.logits));
      if (restart === 0) this.#record(chunk, 'loss', [...floatsOf(outputOf(result, outputs.loss))]);
      if (restart === 0) this.#record(chunk, 'lead', leads);
      image = outputOf(result, outputs.next);
      if (outputs.velocity !== undefined) velocity = outputOf(result, outputs.velocity);
      yield step + 1;
      await breathe(context);
    }
    const leads = this.#look(chunk, image, await logitsOfBatch(context, image));
    if (restart === 0) this.#record(chunk, 'lead', leads);
  }

  #startOf(chunk: Chunk, original: Tensor, restart: number): Tensor {
    const { context, purposes } = this.#run;
    if (!this.#ascent.startsAtRandom(restart)) return original;
    const length = rowLength(original);
    const data = floatsOf(original).slice();
    chunk.rows.forEach((row, at) => {
      const random = context.random(`${purposes[row] ?? ''}/start/${restart}`);
      data.set(randomInBall(random, rowOf(original, at), this.#ascent.budget), at * length);
    });
    return tensor('float32', data, original.dims);
  }

  #look({ rows }: Chunk, images: Tensor, logits: Tensor): number[] {
    return rows.map((row, at) => this.best.offer(row, rowOf(images, at), rowOf(logits, at)));
  }

  #record({ rows }: Chunk, series: 'loss' | 'lead', values: readonly number[]): void {
    rows.forEach((row, at) => {
      this.traces[row]?.series[series].push(values[at] ?? 0);
    });
  }
}
