import { z } from 'zod';
import { type Tensor, float32, floatsOf, int64, tensor } from '../base/tensor.ts';
import { breathe } from '../method/context.ts';
import { count, numberIn } from '../method/params.ts';
import { outputOf } from '../runtime/program.ts';
import { type AttackRun, type AttackTrace, defineAttack } from './define.ts';
import { normsBetween } from './shared/ball.ts';
import { SmallestFound } from './shared/bestTries.ts';
import {
  type CarliniWagnerGraph,
  beta1,
  beta2,
  carliniWagnerGraph,
  variableOf,
} from './shared/carliniWagnerGraph.ts';
import { type Chunk, allRows, batchSizeFor, cutRows } from './shared/chunks.ts';
import { runFinite } from './shared/classify.ts';
import { stepsParam } from './shared/params.ts';
import { rowOf, takeRows } from './shared/rows.ts';
import { scalarOf } from './shared/stepProgram.ts';
import { leadOf } from './shared/verdict.ts';
import { WeightSearch } from './shared/weightSearch.ts';

/** The smallest L2 perturbation, as the minimum of its size plus c times how far the network is from being fooled. */
export const carliniWagner = defineAttack({
  id: 'carliniWagner',
  title: 'Carlini-Wagner L2',
  description: 'Looks for the smallest L2 perturbation by optimisation; slow, and the hardest to withstand.',
  citation: 'Carlini and Wagner 2017, sec. V-VI.A (f₆, change of variables, search over c)',
  params: z.object({
    steps: stepsParam(200, 'steps of Adam for each c (the paper takes 10 000)'),
    searches: count(
      9,
      'Searches',
      'values of c that are tried: factors of ten until one works and one fails, then the middle',
      50,
    ),
    initialWeight: numberIn([1e-9, 1e9], 0.01, {
      title: 'First c',
      description: 'weight of the misclassification against the size',
    }),
    confidence: numberIn([0, 1000], 0, {
      title: 'κ',
      description: 'by how much the wrong logit must be ahead',
    }),
    rate: numberIn([1e-6, 10], 0.01, {
      title: 'Learning rate',
      description: 'of Adam; smaller where the objective no longer falls',
    }),
    abortEarly: z.boolean().default(true).meta({
      title: 'Abort early',
      description: 'leave an example alone whose objective falls no more, not even with small steps',
    }),
  }),
  async *run(run, params) {
    const { context, classes, targeted } = run;
    const graphAt = (size: number): CarliniWagnerGraph => carliniWagnerGraph(context.network(size), targeted);
    const batch = batchSizeFor(context, classes.length, (size) => graphAt(size).graph);
    const search = new Search(run, params, graphAt(batch));
    const chunks = cutRows(allRows(classes.length), batch);
    const perChunk = params.searches * params.steps;
    for (const [at, chunk] of chunks.entries()) {
      for (let tried = 0; tried < params.searches; tried++) {
        for await (const step of search.minimise(chunk)) {
          const done = at * perChunk + tried * params.steps + step;
          const what = `Carlini-Wagner, c ${tried + 1} of ${params.searches}`;
          yield { done, total: chunks.length * perChunk, what };
        }
      }
    }
    return { adversarial: search.found.images, traces: search.traces };
  },
});

interface SearchParams {
  readonly steps: number;
  readonly initialWeight: number;
  readonly confidence: number;
  readonly rate: number;
  readonly abortEarly: boolean;
}

class Search {
  readonly found: SmallestFound;
  readonly traces: readonly (AttackTrace & { readonly series: { c: number[]; lead: number[] } })[];
  readonly #run: AttackRun;
  readonly #params: SearchParams;
  readonly #graph: CarliniWagnerGraph;
  readonly #weights: readonly WeightSearch[];

  constructor(run: AttackRun, params: SearchParams, graph: CarliniWagnerGraph) {
    this.#run = run;
    this.#params = params;
    this.#graph = graph;
    this.found = new SmallestFound(run.images);
    this.traces = run.classes.map(() => ({ rows: 'search', series: { c: [], lead: [] } }));
    this.#weights = run.classes.map(() => new WeightSearch(params.initialWeight, 'least'));
  }

  /** Minimises the objective of each example of a chunk for its present c, then chooses its next c; yields every step's number. */
  async *minimise(chunk: Chunk): AsyncGenerator<number, void> {
    const { context } = this.#run;
    const { inputs, outputs, graph } = this.#graph;
    const program = await context.program(this.#key(chunk.padded.length), () => graph);
    const original = takeRows(this.#run.images, chunk.padded);
    const fixed = this.#fixedFeeds(chunk, original);
    const descents = chunk.rows.map(() => new Descent(this.#params));
    let state = startingState(original);
    for (let step = 1; step <= this.#params.steps && descents.some(({ ended }) => !ended); step++) {
      const result = await runFinite(program, {
        ...fixed,
        [inputs.w]: state.w,
        [inputs.mean]: state.mean,
        [inputs.squareMean]: state.squareMean,
        [inputs.rate]: float32(chunk.padded.map((_row, at) => descents[at]?.rate ?? 0)),
        [inputs.correction1]: scalarOf(1 - beta1 ** step),
        [inputs.correction2]: scalarOf(1 - beta2 ** step),
      });
      const [image, logits] = [outputOf(result, outputs.image), outputOf(result, outputs.logits)];
      const objectives = floatsOf(outputOf(result, outputs.objective));
      for (const [at, row] of chunk.rows.entries()) {
        const descent = descents[at];
        if (descent === undefined || descent.ended) continue;
        const lead = this.#look(row, rowOf(image, at), rowOf(logits, at));
        descent.record(step, objectives[at] ?? Infinity, lead);
      }
      state = {
        w: outputOf(result, outputs.w),
        mean: outputOf(result, outputs.mean),
        squareMean: outputOf(result, outputs.squareMean),
      };
      yield step;
      await breathe(context);
    }
    for (const [at, row] of chunk.rows.entries()) this.#choose(row, descents[at]?.lead ?? -Infinity);
  }

  #fixedFeeds({ padded }: Chunk, original: Tensor): Record<string, Tensor> {
    const { inputs } = this.#graph;
    return {
      [inputs.original]: original,
      [inputs.classes]: int64(padded.map((row) => this.#run.classes[row] ?? 0)),
      [inputs.weight]: float32(padded.map((row) => this.#weights[row]?.present ?? 0)),
      [inputs.confidence]: scalarOf(this.#params.confidence),
    };
  }

  /** Takes the next c of an example: a smaller one where the present one led there. */
  #choose(row: number, lead: number): void {
    const weight = this.#weights[row];
    if (weight === undefined) return;
    this.traces[row]?.series.c.push(weight.present);
    this.traces[row]?.series.lead.push(lead);
    weight.next(this.#isEnough(lead));
  }

  #look(row: number, image: Float32Array, logits: Float32Array): number {
    const { classes, images, targeted } = this.#run;
    const lead = leadOf(logits, classes[row] ?? 0, targeted);
    const { l2 } = normsBetween(image, rowOf(images, row));
    this.found.offer(row, image, { fooled: this.#isEnough(lead), lead, norm: l2 });
    return lead;
  }

  #isEnough(lead: number): boolean {
    return lead > 0 && lead >= this.#params.confidence;
  }

  #key(batch: number): string {
    return `attack/carliniWagner/${batch}/${this.#run.targeted}`;
  }
}

interface AdamState {
  readonly w: Tensor;
  readonly mean: Tensor;
  readonly squareMean: Tensor;
}

/** w of the image itself, and no memory. */
function startingState(original: Tensor): AdamState {
  const zeros = tensor('float32', new Float32Array(floatsOf(original).length), original.dims);
  const w = tensor('float32', floatsOf(original).map(variableOf), original.dims);
  return { w, mean: zeros, squareMean: zeros };
}

/** The objective falls by at least this share in a tenth of the steps, or it does not fall. */
const leastProgress = 1e-4;

/** What the learning rate is multiplied by where it does not, and the share of the first one below which nothing is left to gain. */
const [slowing, slowest] = [0.3, 0.01];

/** How the descent of one example for one c goes. */
class Descent {
  rate: number;
  /** Left alone: the objective does not fall, however small the steps are. */
  ended = false;
  /** The greatest lead of the last tenth. Only where the descent ends says whether c is great enough: Adam's first steps are of full length for any c. */
  lead = -Infinity;
  #best = Infinity;
  #before = Infinity;
  #windowStart = 1;
  readonly #params: SearchParams;

  constructor(params: SearchParams) {
    this.#params = params;
    this.rate = params.rate;
  }

  record(step: number, objective: number, lead: number): void {
    if (step === this.#windowStart) this.lead = -Infinity;
    this.lead = Math.max(this.lead, lead);
    this.#best = Math.min(this.#best, objective);
    const { steps, abortEarly, rate } = this.#params;
    const window = Math.ceil(steps / 10);
    if (step - this.#windowStart + 1 < window) return;
    this.#windowStart = step + 1;
    // Also right for an objective below 0, as κ makes it.
    const falls = this.#best < this.#before - leastProgress * Math.abs(this.#before);
    this.#before = this.#best;
    if (falls || step <= window) return;
    this.rate *= slowing;
    this.ended = abortEarly && this.rate < slowest * rate;
  }
}
