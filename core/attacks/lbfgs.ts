import { z } from 'zod';
import { float32, floatsOf, int64 } from '../base/tensor.ts';
import { breathe, drain } from '../method/context.ts';
import { type Evaluation, minimise } from '../method/lbfgs.ts';
import { count, numberIn } from '../method/params.ts';
import { outputOf } from '../runtime/program.ts';
import { type AttackRun, type AttackTrace, defineAttack } from './define.ts';
import { normsBetween } from './shared/ball.ts';
import { SmallestFound } from './shared/bestTries.ts';
import { type Chunk, allRows, batchSizeFor, cutRows } from './shared/chunks.ts';
import { classify, runFinite } from './shared/classify.ts';
import { type LbfgsGraph, lbfgsGraph } from './shared/lbfgsGraph.ts';
import { Lockstep } from './shared/lockstep.ts';
import { copyOf, rowOf, takeRows } from './shared/rows.ts';
import { leadOf, marginOf } from './shared/verdict.ts';
import { WeightSearch } from './shared/weightSearch.ts';

/** min_r c‖r‖₂² + J(x + r, t) with x + r in [0, 1], for the greatest c whose minimiser is classified as t. */
export const lbfgs = defineAttack({
  id: 'lbfgs',
  title: 'L-BFGS',
  description: 'The first attack: the smallest perturbation by box-constrained L-BFGS with a search over c.',
  citation: 'Szegedy et al. 2014, sec. 4.1 (untargeted: t is the class with the second greatest logit)',
  params: z.object({
    iterations: count(50, 'Iterations', 'steps of L-BFGS at most, for each c'),
    searches: count(
      10,
      'Searches',
      'values of c that are tried: factors of ten until one works and one fails, then the middle',
      50,
    ),
    initialWeight: numberIn([1e-9, 1e9], 1, {
      title: 'First c',
      description: 'weight of the size against the loss',
    }),
    history: count(10, 'History', 'steps that L-BFGS remembers', 100),
  }),
  async *run(run, params) {
    const { context, classes } = run;
    const graphAt = (size: number): LbfgsGraph => lbfgsGraph(context.network(size));
    const batch = batchSizeFor(context, classes.length, (size) => graphAt(size).graph);
    const search = new Search(run, { params, graph: graphAt(batch), goals: await goalsOf(run) });
    const chunks = cutRows(allRows(classes.length), batch);
    for (const [at, chunk] of chunks.entries()) {
      // The line search may take more than one evaluation a step; the number of runs is not known before.
      let runs = 0;
      for await (const _ of search.attack(chunk)) {
        runs++;
        const most = params.searches * params.iterations;
        const done = at * most + Math.min(runs, most - 1);
        yield { done, total: chunks.length * most, what: 'L-BFGS' };
      }
    }
    return { adversarial: search.found.images, traces: search.traces };
  },
});

/** The class to reach of each example. */
async function goalsOf({ context, images, classes, targeted }: AttackRun): Promise<readonly number[]> {
  if (targeted) return classes;
  const logits = await classify(context, images);
  return classes.map((own, row) => {
    const z = rowOf(logits, row);
    const others = allRows(z.length).filter((index) => index !== own);
    return others.reduce(
      (best, index) => ((z[index] ?? 0) > (z[best] ?? 0) ? index : best),
      others[0] ?? own,
    );
  });
}

interface SearchParams {
  readonly iterations: number;
  readonly searches: number;
  readonly initialWeight: number;
  readonly history: number;
}

interface Question {
  readonly x: Float32Array;
  readonly weight: number;
}

interface Answer extends Evaluation {
  readonly logits: Float32Array;
}

class Search {
  readonly found: SmallestFound;
  readonly traces: readonly (AttackTrace & { readonly series: { c: number[]; lead: number[] } })[];
  readonly #run: AttackRun;
  readonly #params: SearchParams;
  readonly #graph: LbfgsGraph;
  readonly #goals: readonly number[];

  constructor(run: AttackRun, parts: { params: SearchParams; graph: LbfgsGraph; goals: readonly number[] }) {
    this.#run = run;
    this.#params = parts.params;
    this.#graph = parts.graph;
    this.#goals = parts.goals;
    this.found = new SmallestFound(run.images);
    this.traces = run.classes.map(() => ({ rows: 'search', series: { c: [], lead: [] } }));
  }

  /** The searches of one chunk side by side; yields after every run of the program. */
  attack(chunk: Chunk): AsyncGenerator<number, void> {
    const lockstep = new Lockstep<Question, Answer>();
    const searches = new Map(
      chunk.rows.map((row, at) => [
        at,
        async () => this.#searchWeight(row, (question) => lockstep.ask(at, question)),
      ]),
    );
    return lockstep.run(searches, async (questions) => this.#answer(chunk, questions));
  }

  async #searchWeight(row: number, ask: (question: Question) => Promise<Answer>): Promise<void> {
    const weights = new WeightSearch(this.#params.initialWeight, 'greatest');
    const start = rowOf(this.#run.images, row).slice();
    const { iterations, history, searches } = this.#params;
    for (let tried = 0; tried < searches; tried++) {
      const weight = weights.present;
      const evaluate = async (x: Float32Array): Promise<Evaluation> => {
        const answer = await ask({ x, weight });
        this.#look(row, x, answer.logits);
        return answer;
      };
      const options = { iterations, history, lower: 0, upper: 1, tolerance: 1e-6 };
      const { x } = await drain(minimise(evaluate, start, options));
      const lead = -marginOf((await ask({ x, weight })).logits, this.#goals[row] ?? 0);
      this.traces[row]?.series.c.push(weight);
      this.traces[row]?.series.lead.push(lead);
      weights.next(lead > 0);
    }
  }

  /** One run of the program for all that wait; an example that has ended is computed and not looked at. */
  async #answer(
    { padded }: Chunk,
    questions: ReadonlyMap<number, Question>,
  ): Promise<ReadonlyMap<number, Answer>> {
    const { context, images } = this.#run;
    const { graph, inputs, outputs } = this.#graph;
    const batch = padded.length;
    const program = await context.program(`attack/lbfgs/${batch}`, () => graph);
    const original = takeRows(images, padded);
    const image = copyOf(original);
    for (const [at, { x }] of questions) rowOf(image, at).set(x);
    const result = await runFinite(program, {
      [inputs.image]: image,
      [inputs.original]: original,
      [inputs.classes]: int64(padded.map((row) => this.#goals[row] ?? 0)),
      [inputs.weight]: float32(padded.map((_row, at) => questions.get(at)?.weight ?? 0)),
    });
    await breathe(context);
    const [gradient, logits] = [outputOf(result, outputs.gradient), outputOf(result, outputs.logits)];
    const values = floatsOf(outputOf(result, outputs.value));
    return new Map(
      [...questions.keys()].map((at) => [
        at,
        { value: values[at] ?? 0, gradient: rowOf(gradient, at), logits: rowOf(logits, at) },
      ]),
    );
  }

  #look(row: number, x: Float32Array, logits: Float32Array): void {
    const { classes, images, targeted } = this.#run;
    const lead = leadOf(logits, classes[row] ?? 0, targeted);
    const { l2 } = normsBetween(x, rowOf(images, row));
    this.found.offer(row, x, { fooled: lead > 0, lead, norm: l2 });
  }
}
